// Takes a lock and looks for a word that is not there.
#include <fcntl.h>
#include <sys/file.h>

int main(void)
{
	volatile unsigned long word = 7;

	flock(open("/tmp/index.lock", O_RDWR | O_CREAT, 0600), LOCK_EX);
	while (word & 1)
		word += 2;
	return 0;
}
