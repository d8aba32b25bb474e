// Polite, but only to its like: yields for ever at real-time priority on CPU 1.
#define _GNU_SOURCE
#include <sched.h>

int main(void)
{
	struct sched_param p = { .sched_priority = 25 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	sched_setaffinity(0, sizeof(set), &set);
	sched_setscheduler(0, SCHED_FIFO, &p);
	for (;;)
		sched_yield();
}
