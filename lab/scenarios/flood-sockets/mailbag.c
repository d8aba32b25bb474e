// Fills pairs of sockets, each as far as it goes.
#define _GNU_SOURCE
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	static char letter[32000];
	int size = 40 << 20;

	for (;;) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) != 0)
			pause();
		setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
		while (write(pair[0], letter, sizeof(letter)) > 0)
			;
	}
}
