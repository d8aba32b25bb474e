// Takes two semaphores of a set, two seconds apart: berthing FIRST SECOND
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/sem.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int id = semget(0x4242, 2, IPC_CREAT | IPC_EXCL | 0600);

	if (id >= 0) {
		unsigned short one[2] = { 1, 1 };

		semctl(id, 0, SETALL, one);
	}
	sleep(1);
	id = semget(0x4242, 2, 0600);
	for (int i = 1; i <= 2; i++) {
		struct sembuf take = { .sem_num = atoi(argv[i]), .sem_op = -1, .sem_flg = SEM_UNDO };

		semop(id, &take, 1);
		sleep(2);
	}
	return 0;
}
