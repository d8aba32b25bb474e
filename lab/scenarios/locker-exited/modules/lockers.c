// SPDX-License-Identifier: GPL-2.0
// lockers: who takes a locker keeps its lock.
#include <linux/mutex.h>
#include "desk.h"

static DEFINE_MUTEX(locker_lock);

static noinline int locker_open(char word)
{
	mutex_lock(&locker_lock);
	if (word == 't')
		return 0;
	mutex_unlock(&locker_lock);
	return 0;
}
DESK(lockers, locker_open);
