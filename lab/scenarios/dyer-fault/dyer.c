// One thread gives the driver memory whose pages the other brings; the other first asks the driver itself.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *colours;

static void *dip(void *unused)
{
	pthread_setname_np(pthread_self(), "dipper");
	write(open("/dev/dyeing", O_WRONLY), colours, 32);
	return NULL;
}

int main(void)
{
	int pages = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffd_msg wanted;
	pthread_t thread;

	colours = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (unsigned long)colours;
	reg.range.len = 4096;
	if (ioctl(pages, UFFDIO_API, &api) != 0 || ioctl(pages, UFFDIO_REGISTER, &reg) != 0)
		perror("userfaultfd");
	pthread_create(&thread, NULL, dip, NULL);
	pthread_setname_np(pthread_self(), "tinter");
	read(pages, &wanted, sizeof(wanted));
	write(open("/dev/dyeing", O_WRONLY), "blue", 4);
	return 0;
}
