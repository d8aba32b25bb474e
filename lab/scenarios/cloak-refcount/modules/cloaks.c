// SPDX-License-Identifier: GPL-2.0
// cloaks: hangs cloaks, and gives them back once too often.
#include <linux/refcount.h>
#include "desk.h"

static refcount_t tickets = REFCOUNT_INIT(1);

static noinline int cloak_return(void)
{
	return refcount_dec_and_test(&tickets);
}

static noinline int cloak_hang(char word)
{
	cloak_return();
	refcount_inc(&tickets);
	return 0;
}
DESK(cloaks, cloak_hang);
