// Takes two robust mutexes of a shared file, the one named first: seats 0|1
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int first = atoi(argv[1]), fd = open("/dev/shm/seats", O_RDWR | O_CREAT, 0600);
	pthread_mutexattr_t shared;
	pthread_mutex_t *rows;

	ftruncate(fd, 4096);
	rows = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&rows[first], &shared);
	sleep(1);
	pthread_mutex_lock(&rows[first]);
	sleep(2);
	pthread_mutex_lock(&rows[!first]);
	return 0;
}
