// Two buyers ask a kiosk over TCP; it looks for a ticket that is not there, has read no question, and not even taken the second call.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in at = { .sin_family = AF_INET };

static void buy(int number)
{
	int line = socket(AF_INET, SOCK_STREAM, 0);
	char name[16], ticket;

	snprintf(name, sizeof(name), "buyer-%d", number);
	prctl(PR_SET_NAME, name);
	sleep(number);
	connect(line, (void *)&at, sizeof(at));
	write(line, "one", 3);
	recv(line, &ticket, 1, 0);
}

int main(void)
{
	volatile unsigned long ticket = 3;
	int door = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_port = htons(7300);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(door, (void *)&at, sizeof(at));
	listen(door, 4);
	for (int n = 1; n <= 2; n++)
		if (fork() == 0) {
			close(door);
			buy(n);
			return 0;
		}
	accept(door, NULL, NULL);
	while (ticket & 1)
		ticket += 2;
	return 0;
}
