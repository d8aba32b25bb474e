// SPDX-License-Identifier: GPL-2.0
// latches: opens a latch and counts that, each under the latch's lock.
#include <linux/spinlock.h>
#include "desk.h"

static DEFINE_SPINLOCK(latch_lock);
static int opened, counted;

static noinline void latch_count(void)
{
	unsigned long flags;

	spin_lock_irqsave(&latch_lock, flags);
	counted = opened;
	spin_unlock_irqrestore(&latch_lock, flags);
}

static noinline int latch_open(char word)
{
	unsigned long flags;

	spin_lock_irqsave(&latch_lock, flags);
	opened++;
	latch_count();
	spin_unlock_irqrestore(&latch_lock, flags);
	return 0;
}
DESK(latches, latch_open);
