// Forks while a thread holds a mutex; the child then wants it.
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t stamps = PTHREAD_MUTEX_INITIALIZER;

static void *frank(void *unused)
{
	pthread_setname_np(pthread_self(), "franker");
	for (;;) {
		pthread_mutex_lock(&stamps);
		usleep(400000);
		pthread_mutex_unlock(&stamps);
		usleep(400000);
	}
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, frank, NULL);
	usleep(200000);
	if (fork() == 0) {
		prctl(PR_SET_NAME, "enveloper");
		pthread_mutex_lock(&stamps);
		_exit(0);
	}
	wait(NULL);
	return 0;
}
