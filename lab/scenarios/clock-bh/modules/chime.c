// SPDX-License-Identifier: GPL-2.0
// chime: rings with its lock held, and lets its own timer break in.
#include <linux/delay.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include "desk.h"

static DEFINE_SPINLOCK(chime_lock);
static unsigned long rings, ticks;

static noinline void chime_tick(struct timer_list *t)
{
	spin_lock(&chime_lock);
	ticks++;
	spin_unlock(&chime_lock);
}
static DEFINE_TIMER(tick_timer, chime_tick);

static noinline int chime_ring(char word)
{
	int i;

	mod_timer(&tick_timer, jiffies + 2);
	spin_lock(&chime_lock);
	for (i = 0; i < 400; i++)
		udelay(500);
	rings++;
	spin_unlock(&chime_lock);
	return 0;
}
DESK(chime, chime_ring);
