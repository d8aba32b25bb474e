// Fills segments of shared memory, one after the other, and detaches each.
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>

int main(void)
{
	for (int i = 0;; i++) {
		int id = shmget(0x5000 + i, 8 << 20, IPC_CREAT | 0600);
		void *at = shmat(id, NULL, 0);

		memset(at, 1, 8 << 20);
		shmdt(at);
		usleep(50000);
	}
}
