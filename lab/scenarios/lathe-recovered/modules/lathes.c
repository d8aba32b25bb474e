// SPDX-License-Identifier: GPL-2.0
// lathes: turns for a while, and lets nothing else run meanwhile.
#include <linux/delay.h>
#include <linux/preempt.h>
#include "desk.h"

static noinline int lathe_turn(char word)
{
	int i;

	preempt_disable();
	for (i = 0; i < 13000; i++)
		udelay(1000);
	preempt_enable();
	return 0;
}
DESK(lathes, lathe_turn);
