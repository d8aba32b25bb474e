// A thread takes a mutex and ends; two others want it.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t doors = PTHREAD_MUTEX_INITIALIZER;

static void *usher(void *unused)
{
	pthread_mutex_lock(&doors);
	return NULL;
}

static void *seat(void *name)
{
	pthread_setname_np(pthread_self(), name);
	sleep(1);
	pthread_mutex_lock(&doors);
	pthread_mutex_unlock(&doors);
	return NULL;
}

int main(void)
{
	pthread_t threads[3];

	pthread_create(&threads[0], NULL, usher, NULL);
	pthread_create(&threads[1], NULL, seat, "stalls");
	pthread_create(&threads[2], NULL, seat, "balcony");
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
