// Holds a lock, and renews it now and then.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int main(void)
{
	int fd = open("/tmp/replica.lock", O_RDWR | O_CREAT, 0600);

	for (;;) {
		flock(fd, LOCK_EX);
		usleep(900000);
		flock(fd, LOCK_UN);
		usleep(1000);
	}
}
