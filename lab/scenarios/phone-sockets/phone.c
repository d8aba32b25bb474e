// A caller locks the directory and waits for an answer; the operator wants to look it up first.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	int line[2];
	char answer;

	socketpair(AF_UNIX, SOCK_STREAM, 0, line);
	if (fork()) {
		close(line[1]);
		prctl(PR_SET_NAME, "caller");
		flock(open("/tmp/directory", O_RDWR | O_CREAT, 0600), LOCK_EX);
		write(line[0], "?", 1);
		read(line[0], &answer, 1);
	} else {
		close(line[0]);
		prctl(PR_SET_NAME, "operator-2");
		read(line[1], &answer, 1);
		flock(open("/tmp/directory", O_RDWR | O_CREAT, 0600), LOCK_EX);
		write(line[1], "!", 1);
	}
	return 0;
}
