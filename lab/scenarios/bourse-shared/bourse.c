// Takes two mutexes that lie in shared memory, two seconds apart: bourse FIRST SECOND
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct floor {
	int ready;
	pthread_mutex_t desks[2];
};

int main(int argc, char **argv)
{
	int fd = open("/dev/shm/bourse", O_RDWR | O_CREAT, 0600);
	struct floor *floor;

	ftruncate(fd, 4096);
	floor = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (!__sync_lock_test_and_set(&floor->ready, 1)) {
		pthread_mutexattr_t shared;

		pthread_mutexattr_init(&shared);
		pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
		for (int i = 0; i < 2; i++)
			pthread_mutex_init(&floor->desks[i], &shared);
	}
	usleep(300000);
	for (int i = 1; i <= 2; i++) {
		pthread_mutex_lock(&floor->desks[atoi(argv[i])]);
		sleep(2);
	}
	return 0;
}
