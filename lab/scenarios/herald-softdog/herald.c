// Locks one file, says so to a device for some seconds, and then wants the other: herald FIRST SECOND DEVICE
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int device = open(argv[3], O_WRONLY);

	chdir("/tmp");
	flock(open(argv[1], O_RDWR | O_CREAT, 0600), LOCK_EX);
	for (int i = 0; i < 3; i++) {
		write(device, "x", 1);
		sleep(1);
	}
	flock(open(argv[2], O_RDWR | O_CREAT, 0600), LOCK_EX);
	write(device, "V", 1);
	return 0;
}
