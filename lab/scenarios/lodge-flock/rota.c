// Locks a file, and two seconds later another: rota FILE FILE
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	flock(open(argv[1], O_RDWR | O_CREAT, 0600), LOCK_EX);
	sleep(2);
	flock(open(argv[2], O_RDWR | O_CREAT, 0600), LOCK_EX);
	return 0;
}
