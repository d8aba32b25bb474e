// An ordinary thread works with a mutex held, time and again; a real-time thread wants the mutex, too. Both on CPU 1.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t data = PTHREAD_MUTEX_INITIALIZER;

static void *meteo(void *unused)
{
	volatile unsigned long sum = 0;

	pthread_setname_np(pthread_self(), "meteo");
	for (;;) {
		pthread_mutex_lock(&data);
		for (int i = 0; i < 20000000; i++)
			sum += i;
		pthread_mutex_unlock(&data);
		usleep(100);
	}
}

static void *bus(void *unused)
{
	struct sched_param p = { .sched_priority = 50 };

	pthread_setname_np(pthread_self(), "bus");
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &p);
	for (;;) {
		usleep(20000);
		pthread_mutex_lock(&data);
		pthread_mutex_unlock(&data);
	}
}

int main(void)
{
	pthread_t a, b;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	sched_setaffinity(0, sizeof(set), &set);
	pthread_create(&a, NULL, meteo, NULL);
	pthread_create(&b, NULL, bus, NULL);
	pthread_join(a, NULL);
	return 0;
}
