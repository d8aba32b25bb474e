// Starts children by vfork() that take 0.3 s before they run a program: the parent waits in D state.
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	for (;;) {
		if (vfork() == 0) {
			usleep(300000);
			execl("/bin/true", "true", (char *)0);
			_exit(1);
		}
		wait(NULL);
		usleep(50000);
	}
}
