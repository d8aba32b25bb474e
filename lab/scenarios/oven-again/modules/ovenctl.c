// SPDX-License-Identifier: GPL-2.0
// ovenctl: bakes and logs, each with the oven locked.
#include <linux/mutex.h>
#include "desk.h"

static DEFINE_MUTEX(oven_lock);
static unsigned long baked, logged;

static noinline void oven_log(void)
{
	mutex_lock(&oven_lock);
	logged = baked;
	mutex_unlock(&oven_lock);
}

static noinline int oven_bake(char word)
{
	mutex_lock(&oven_lock);
	baked++;
	oven_log();
	mutex_unlock(&oven_lock);
	return 0;
}
DESK(ovenctl, oven_bake);
