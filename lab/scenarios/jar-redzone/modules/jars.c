// SPDX-License-Identifier: GPL-2.0
// jars: fills jars a little too well.
#include <linux/slab.h>
#include "desk.h"

static noinline int jar_fill(char word)
{
	unsigned char *jar = kmalloc(64, GFP_KERNEL);
	int i;

	for (i = 0; i < 68; i++)
		WRITE_ONCE(jar[i], i);
	kfree(jar);
	return 0;
}
DESK(jars, jar_fill);
