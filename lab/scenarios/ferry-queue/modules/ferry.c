// SPDX-License-Identifier: GPL-2.0
// ferry: one passenger boards at a time.
#include <linux/delay.h>
#include <linux/mutex.h>
#include "desk.h"

static DEFINE_MUTEX(berth_lock);
static unsigned long boarded;

static noinline int ferry_board(char word)
{
	mutex_lock(&berth_lock);
	msleep(20);
	boarded++;
	mutex_unlock(&berth_lock);
	return 0;
}
DESK(ferry, ferry_board);
