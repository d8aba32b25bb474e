// Takes a sample every five milliseconds, at real-time priority, on CPU 1.
#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

int main(void)
{
	struct sched_param p = { .sched_priority = 40 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	sched_setaffinity(0, sizeof(set), &set);
	sched_setscheduler(0, SCHED_RR, &p);
	for (;;)
		usleep(5000);
}
