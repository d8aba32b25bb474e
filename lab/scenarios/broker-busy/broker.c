// Two clients ask a broker over a socket each; it looks for a price that is not there and reads no question.
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void ask(int line, int number)
{
	char name[16], answer;

	snprintf(name, sizeof(name), "client-%d", number);
	prctl(PR_SET_NAME, name);
	write(line, "?", 1);
	read(line, &answer, 1);
}

int main(void)
{
	volatile unsigned long price = 3;
	int line[2][2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, line[0]);
	socketpair(AF_UNIX, SOCK_STREAM, 0, line[1]);
	for (int n = 0; n < 2; n++)
		if (fork() == 0) {
			close(line[0][0]);
			close(line[1][0]);
			ask(line[n][1], n + 1);
			return 0;
		}
	close(line[0][1]);
	close(line[1][1]);
	while (price & 1)
		price += 2;
	return 0;
}
