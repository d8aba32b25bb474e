// Starts a child whose output goes into a pipe, waits for its end, and means to read afterwards.
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int line[2];
	char frame[4096] = "";

	pipe(line);
	if (fork() == 0) {
		prctl(PR_SET_NAME, "framer");
		close(line[0]);
		for (int i = 0; i < 100; i++)
			write(line[1], frame, sizeof(frame));
		_exit(0);
	}
	close(line[1]);
	wait(NULL);
	while (read(line[0], frame, sizeof(frame)) > 0)
		;
	return 0;
}
