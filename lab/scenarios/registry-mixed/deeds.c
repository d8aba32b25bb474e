// Locks one file whole and a record of another, two seconds apart: deeds 0|1 (which comes first)
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static void whole(void)
{
	flock(open("/tmp/deeds", O_RDWR | O_CREAT, 0600), LOCK_EX);
}

static void record(void)
{
	struct flock part = { .l_type = F_WRLCK, .l_start = 64, .l_len = 32 };

	fcntl(open("/tmp/index", O_RDWR | O_CREAT, 0600), F_SETLKW, &part);
}

int main(int argc, char **argv)
{
	int second = atoi(argv[1]);

	for (int i = 0; i < 2; i++) {
		if (i == second)
			whole();
		else
			record();
		sleep(2);
	}
	return 0;
}
