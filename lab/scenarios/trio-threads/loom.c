// Three threads and three mutexes: each takes its own, and a second later its neighbour's.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static const char *names[] = { "warp", "weft", "selvage" };
static pthread_mutex_t spools[3] = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER };

static void *weave(void *number)
{
	long n = (long)number;

	pthread_setname_np(pthread_self(), names[n]);
	pthread_mutex_lock(&spools[n]);
	sleep(1);
	pthread_mutex_lock(&spools[(n + 1) % 3]);
	return NULL;
}

int main(void)
{
	pthread_t threads[3];

	for (long i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, weave, (void *)i);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
