// Locks two records of a file, two seconds apart: records OFFSET OFFSET
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = open("/tmp/stock", O_RDWR | O_CREAT, 0600);

	for (int i = 1; i <= 2; i++) {
		struct flock record = { .l_type = F_WRLCK, .l_start = atol(argv[i]), .l_len = 10 };

		fcntl(fd, F_OFD_SETLKW, &record);
		sleep(2);
	}
	return 0;
}
