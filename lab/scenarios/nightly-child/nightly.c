// Starts an importer on a pipe, forgets to close its own end, and waits for the importer to end.
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int feed[2];
	char row[64];

	pipe(feed);
	if (fork() == 0) {
		close(feed[1]);
		prctl(PR_SET_NAME, "importer");
		while (read(feed[0], row, sizeof(row)) > 0)
			;
		return 0;
	}
	close(feed[0]);
	write(feed[1], "a row", 5);
	wait(NULL);
	close(feed[1]);
	return 0;
}
