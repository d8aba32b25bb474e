// SPDX-License-Identifier: GPL-2.0
// freight: a page of freight, locked by whoever loads it.
#include <linux/mm.h>
#include <linux/pagemap.h>
#include "desk.h"

static struct page *manifest;

static noinline void freight_check(void)
{
	lock_page(manifest);
	unlock_page(manifest);
}

static noinline int freight_load(void)
{
	manifest = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!manifest)
		return -ENOMEM;
	lock_page(manifest);
	return 0;
}

static int freight_command(char word)
{
	if (word == 'l')
		return freight_load();
	freight_check();
	return 0;
}
DESK(freight, freight_command);
