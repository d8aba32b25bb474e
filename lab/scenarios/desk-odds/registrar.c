// Starts sixty children that end at once, and never asks after them.
#include <unistd.h>

int main(void)
{
	for (int i = 0; i < 60; i++)
		if (fork() == 0)
			_exit(0);
	for (;;)
		pause();
}
