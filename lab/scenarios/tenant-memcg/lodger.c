// Takes forty megabytes, after a moment.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	sleep(1);
	memset(malloc(40 << 20), 1, 40 << 20);
	sleep(1);
	return 0;
}
