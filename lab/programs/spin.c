// Computes for ever in user mode: spin [-f|-r PRIORITY] [-c CPU] [-n SECONDS], each done in the order given. Says when it begins.
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct sched_param p = { 0 };
	double end = 0;
	volatile unsigned long sum = 0;
	int c;
	cpu_set_t set;

	while ((c = getopt(argc, argv, "c:f:r:n:")) >= 0) {
		if (c == 'c') {
			CPU_ZERO(&set);
			CPU_SET(atoi(optarg), &set);
			sched_setaffinity(0, sizeof(set), &set);
		} else if (c == 'n') {
			end = now(CLOCK_MONOTONIC) + atof(optarg);
		} else {
			p.sched_priority = atoi(optarg);
			sched_setscheduler(0, c == 'f' ? SCHED_FIFO : SCHED_RR, &p);
		}
	}
	printf("TRUTH at.spin.%d=%.3f\n", getpid(), now(CLOCK_BOOTTIME));
	fflush(stdout);
	for (;;) {
		for (int i = 0; i < 1000000; i++)
			sum += i;
		if (end && now(CLOCK_MONOTONIC) > end)
			return 0;
	}
}
