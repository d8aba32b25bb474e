// Reads a device again and again, at real-time priority, on CPU 1.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

int main(void)
{
	struct sched_param p = { .sched_priority = 60 };
	char buffer[512];
	cpu_set_t set;
	int fd = open("/dev/zero", O_RDONLY);

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	sched_setaffinity(0, sizeof(set), &set);
	sched_setscheduler(0, SCHED_FIFO, &p);
	for (;;)
		if (read(fd, buffer, sizeof(buffer)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
			return 1;
}
