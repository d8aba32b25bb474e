// Reads from a pipe into a page that nobody brings, while two children write into the pipe.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	int line[2], pages = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	char *wall = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	pipe(line);
	for (int i = 0; i < 2; i++)
		if (fork() == 0) {
			prctl(PR_SET_NAME, i ? "painter-2" : "painter-1");
			sleep(1 + i);
			write(line[1], "red", 3);
			pause();
		}
	reg.range.start = (unsigned long)wall;
	reg.range.len = 4096;
	if (ioctl(pages, UFFDIO_API, &api) != 0 || ioctl(pages, UFFDIO_REGISTER, &reg) != 0)
		perror("userfaultfd");
	prctl(PR_SET_NAME, "brusher");
	write(line[1], "x", 1);
	read(line[0], wall, 100);
	pause();
	return 0;
}
