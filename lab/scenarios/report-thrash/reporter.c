// Fills so many megabytes, and then changes pages of them here and there as fast as it can: reporter MEGABYTES
#include <stdlib.h>

int main(int argc, char **argv)
{
	size_t size = atol(argv[1]) << 20;
	volatile char *rows = malloc(size);

	for (size_t i = 0; i < size; i += 4096)
		rows[i] = i;
	for (;;)
		rows[((size_t)random() << 12) % size]++;
}
