// A pool of threads: most wait for work, some look after themselves every second.
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;

static void *wait_for_work(void *unused)
{
	pthread_mutex_lock(&mutex);
	for (;;)
		pthread_cond_wait(&work, &mutex);
}

static void *look_around(void *unused)
{
	for (;;)
		sleep(1);
}

int main(void)
{
	pthread_t thread;

	for (int i = 0; i < 300; i++)
		pthread_create(&thread, NULL, i % 10 ? wait_for_work : look_around, NULL);
	pthread_join(thread, NULL);
}
