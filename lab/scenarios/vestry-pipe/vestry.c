// One waits for a word on a pipe with a file locked; the other wants the file before it writes the word.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void)
{
	int line[2];
	char c;

	pipe(line);
	if (fork()) {
		prctl(PR_SET_NAME, "sexton");
		close(line[1]);
		flock(open("/tmp/register", O_RDWR | O_CREAT, 0600), LOCK_EX);
		read(line[0], &c, 1);
	} else {
		prctl(PR_SET_NAME, "verger");
		close(line[0]);
		sleep(1);
		flock(open("/tmp/register", O_RDWR | O_CREAT, 0600), LOCK_EX);
		write(line[1], "x", 1);
	}
	return 0;
}
