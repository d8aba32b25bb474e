// Looks at a picture of the driver; another thread maps more memory meanwhile.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

static void *look(void *picture)
{
	pthread_setname_np(pthread_self(), "lens");
	return (void *)(long)*(volatile char *)picture;
}

int main(void)
{
	pthread_t thread;
	void *picture = mmap(NULL, 4096, PROT_READ, MAP_SHARED, open("/dev/viewing", O_RDONLY), 0);

	pthread_create(&thread, NULL, look, picture);
	sleep(1);
	pthread_setname_np(pthread_self(), "mapper");
	mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pause();
	return 0;
}
