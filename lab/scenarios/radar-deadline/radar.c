// Computes for ever under SCHED_DEADLINE with all of each period as its budget.
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

struct budget {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

int main(void)
{
	struct budget a = { sizeof(a), 6, 0, 0, 0, 10000000, 10000000, 10000000 };
	volatile unsigned long echoes = 1;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	sched_setaffinity(0, sizeof(set), &set);
	if (syscall(SYS_sched_setattr, 0, &a, 0) != 0)
		perror("sched_setattr");
	while (echoes)
		echoes += 2;
	return 0;
}
