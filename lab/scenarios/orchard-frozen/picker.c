// Has a file locked nearly all the time.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int main(void)
{
	int fd = open("/tmp/ladder", O_RDWR | O_CREAT, 0600);

	flock(fd, LOCK_EX);
	for (;;)
		usleep(50000);
}
