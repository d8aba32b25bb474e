// SPDX-License-Identifier: GPL-2.0
// minting: waits until the press is ready, by looking again and again, with the press locked.
#include <linux/delay.h>
#include <linux/mutex.h>
#include "desk.h"

static DEFINE_MUTEX(press_lock);
static int press_ready, assayed;

static noinline void press_await(void)
{
	while (!READ_ONCE(press_ready))
		msleep(20);
}

static noinline int minting_command(char word)
{
	mutex_lock(&press_lock);
	if (word == 'm')
		press_await();
	else
		assayed++;
	mutex_unlock(&press_lock);
	return 0;
}
DESK(minting, minting_command);
