// Asks the kernel to wait for all CPUs, again and again.
#define _GNU_SOURCE
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	while (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0)
		;
	return 1;
}
