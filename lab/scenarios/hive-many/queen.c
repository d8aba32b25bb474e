// Starts children without end; each takes a hundred and fifty pages and sleeps.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void)
{
	for (;;) {
		if (fork() == 0) {
			prctl(PR_SET_NAME, "brood");
			memset(malloc(600000), 1, 600000);
			for (;;)
				pause();
		}
		usleep(2000);
	}
}
