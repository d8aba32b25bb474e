// A tower that answers; a lookout that asks every 20 seconds in one thread and hears the answers in another.
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int line[2];

static void *hear(void *unused)
{
	char word;

	pthread_setname_np(pthread_self(), "hears");
	while (read(line[0], &word, 1) == 1)
		;
	return NULL;
}

int main(void)
{
	pthread_t thread;
	char word;

	socketpair(AF_UNIX, SOCK_STREAM, 0, line);
	if (fork() == 0) {
		close(line[0]);
		prctl(PR_SET_NAME, "tower");
		while (read(line[1], &word, 1) == 1)
			write(line[1], "!", 1);
		return 0;
	}
	close(line[1]);
	pthread_create(&thread, NULL, hear, NULL);
	for (;;) {
		write(line[0], "?", 1);
		sleep(20);
	}
}
