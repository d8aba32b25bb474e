// Two threads, a priority-inheriting mutex and a pipe: each has what the other waits for.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t book;
static int bell[2];

static void *desk(void *unused)
{
	char c;

	pthread_setname_np(pthread_self(), "desk");
	pthread_mutex_lock(&book);
	read(bell[0], &c, 1);
	pthread_mutex_unlock(&book);
	return NULL;
}

static void *ledger(void *unused)
{
	pthread_setname_np(pthread_self(), "ledger");
	sleep(1);
	pthread_mutex_lock(&book);
	write(bell[1], "x", 1);
	pthread_mutex_unlock(&book);
	return NULL;
}

int main(void)
{
	pthread_mutexattr_t inherit;
	pthread_t a, b;

	pthread_mutexattr_init(&inherit);
	pthread_mutexattr_setprotocol(&inherit, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&book, &inherit);
	pipe(bell);
	pthread_create(&a, NULL, desk, NULL);
	pthread_create(&b, NULL, ledger, NULL);
	pthread_join(a, NULL);
}
