// Fills so many megabytes, and then looks at one page of them now and then: album MEGABYTES
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t size = atol(argv[1]) << 20;
	volatile char *pictures = malloc(size);

	for (size_t i = 0; i < size; i += 4096)
		pictures[i] = i;
	for (;;) {
		pictures[random() % size]++;
		usleep(20000);
	}
}
