// Starts three watchers that end when their supervisor does, and waits for them or for a signal.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t ends;

static void end(int signal)
{
	ends = 1;
}

static void watch(int number, int lifeline)
{
	char name[16], c;

	snprintf(name, sizeof(name), "watch-%d", number);
	prctl(PR_SET_NAME, name);
	read(lifeline, &c, 1);
	_exit(0);
}

int main(void)
{
	struct sigaction action = { .sa_handler = end };
	int pipes[2];

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	pipe(pipes);
	for (int n = 1; n <= 3; n++)
		if (fork() == 0) {
			close(pipes[1]);
			watch(n, pipes[0]);
		}
	close(pipes[0]);
	while (!ends && wait(NULL) > 0)
		;
	return 0;
}
