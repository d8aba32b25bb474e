// SPDX-License-Identifier: GPL-2.0
// granary: stores grain, and never gives any away.
#include <linux/vmalloc.h>
#include "desk.h"

static void **last;

static noinline int granary_store(char word)
{
	for (;;) {
		void **bin = vmalloc(1 << 20);

		if (!bin)
			return -ENOMEM;
		memset(bin, 1, 1 << 20);
		*bin = last;
		last = bin;
	}
}
DESK(granary, granary_store);
