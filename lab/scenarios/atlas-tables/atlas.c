// Reads one byte in each two megabytes of a mapping: hardly any pages, very many tables of pages.
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void)
{
	size_t size = 1ul << 42;
	volatile char *maps = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), c;

	if (maps == MAP_FAILED)
		perror("mmap");
	madvise((void *)maps, size, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < size; i += 2 << 20)
		c = maps[i];
	return c;
}
