// Two ends of a TCP connection on the loopback; each sends eight megabytes and then means to read.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static char paper[8 << 20];

static void talk(const char *name, int line)
{
	prctl(PR_SET_NAME, name);
	send(line, paper, sizeof(paper), 0);
	recv(line, paper, sizeof(paper), MSG_WAITALL);
}

int main(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(4711), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int bell = socket(AF_INET, SOCK_STREAM, 0), line;

	bind(bell, (void *)&at, sizeof(at));
	listen(bell, 1);
	if (fork()) {
		line = accept(bell, NULL, NULL);
		close(bell);
		talk("telex-east", line);
	} else {
		close(bell);
		line = socket(AF_INET, SOCK_STREAM, 0);
		connect(line, (void *)&at, sizeof(at));
		talk("telex-west", line);
	}
	return 0;
}
