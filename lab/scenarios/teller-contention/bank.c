// Eight threads book on one account.
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t account = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned long balance;

static void *teller(void *unused)
{
	for (;;) {
		pthread_mutex_lock(&account);
		for (int i = 0; i < 2000; i++)
			balance++;
		pthread_mutex_unlock(&account);
	}
}

int main(void)
{
	pthread_t thread;

	for (int i = 0; i < 8; i++)
		pthread_create(&thread, NULL, teller, NULL);
	for (;;)
		pause();
}
