// SPDX-License-Identifier: GPL-2.0
// loading: loads a plan and lets it run where it lies.
#include <linux/slab.h>
#include "desk.h"

static noinline int load_run(int (*plan)(int))
{
	return plan(2) + 1;
}

static noinline int loading_command(char word)
{
	char *plan = kmalloc(64, GFP_KERNEL);

	plan[0] = 0xc3;
	return load_run((void *)plan) ? 0 : -EIO;
}
DESK(loading, loading_command);
