// A thread sleeps with a spinlock held; two spin for it.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_spinlock_t thread_lock;

static void *hold(void *unused)
{
	pthread_setname_np(pthread_self(), "distaff");
	pthread_spin_lock(&thread_lock);
	for (;;)
		pause();
}

static void *want(void *name)
{
	pthread_setname_np(pthread_self(), name);
	pthread_spin_lock(&thread_lock);
	return NULL;
}

int main(void)
{
	pthread_t a, b, c;

	pthread_spin_init(&thread_lock, 0);
	pthread_create(&a, NULL, hold, NULL);
	sleep(1);
	pthread_create(&b, NULL, want, "bobbin-1");
	pthread_create(&c, NULL, want, "bobbin-2");
	pthread_join(b, NULL);
	return 0;
}
