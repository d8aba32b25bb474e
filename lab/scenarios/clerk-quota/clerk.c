// Works with a lock held: a second of computing, at full speed.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int main(void)
{
	int fd = open("/tmp/register.lock", O_RDWR | O_CREAT, 0600);
	volatile unsigned long sum = 0;

	for (;;) {
		flock(fd, LOCK_EX);
		for (unsigned long i = 0; i < 300000000; i++)
			sum += i;
		flock(fd, LOCK_UN);
		usleep(1000);
	}
}
