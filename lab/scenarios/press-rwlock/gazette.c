// Two threads and two read-write locks, taken for writing.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_rwlock_t page = PTHREAD_RWLOCK_INITIALIZER, ink = PTHREAD_RWLOCK_INITIALIZER;

static void *set_type(void *unused)
{
	pthread_setname_np(pthread_self(), "typesetter");
	pthread_rwlock_wrlock(&page);
	sleep(1);
	pthread_rwlock_wrlock(&ink);
	return NULL;
}

static void *put_ink(void *unused)
{
	pthread_setname_np(pthread_self(), "inker");
	pthread_rwlock_wrlock(&ink);
	sleep(1);
	pthread_rwlock_wrlock(&page);
	return NULL;
}

int main(void)
{
	pthread_t a, b;

	pthread_create(&a, NULL, set_type, NULL);
	pthread_create(&b, NULL, put_ink, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	return 0;
}
