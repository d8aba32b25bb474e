// A control loop at real-time priority: a millisecond of work, nine of rest.
#define _GNU_SOURCE
#include <sched.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	struct sched_param p = { .sched_priority = 70 };

	sched_setscheduler(0, SCHED_FIFO, &p);
	for (;;) {
		struct timespec a, b;

		clock_gettime(CLOCK_MONOTONIC, &a);
		do
			clock_gettime(CLOCK_MONOTONIC, &b);
		while ((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec < 1000000);
		usleep(9000);
	}
}
