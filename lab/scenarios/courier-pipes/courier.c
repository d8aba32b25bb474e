// Parent and child talk over two pipes; each waits for the other to begin.
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <unistd.h>

static void take_part(const char *name, int in, int out)
{
	char c;

	prctl(PR_SET_NAME, name);
	while (read(in, &c, 1) == 1)
		write(out, &c, 1);
}

int main(void)
{
	int there[2], back[2];

	pipe(there);
	pipe(back);
	if (fork()) {
		close(there[0]);
		close(back[1]);
		take_part("sender", back[0], there[1]);
	} else {
		close(there[1]);
		close(back[0]);
		take_part("recipient", there[0], back[1]);
	}
	return 0;
}
