// Gives the note before the singer listens.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t hall = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t note = PTHREAD_COND_INITIALIZER;

static void *sing(void *unused)
{
	pthread_setname_np(pthread_self(), "tenor");
	sleep(1);
	pthread_mutex_lock(&hall);
	pthread_cond_wait(&note, &hall);
	pthread_mutex_unlock(&hall);
	return NULL;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, sing, NULL);
	pthread_cond_signal(&note);
	pthread_join(thread, NULL);
	return 0;
}
