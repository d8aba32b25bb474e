// SPDX-License-Identifier: GPL-2.0
// railyard: signals and points, each with a lock of its own, taken in two orders.
#include <linux/delay.h>
#include <linux/spinlock.h>
#include "desk.h"

static DEFINE_SPINLOCK(signal_lock);
static DEFINE_SPINLOCK(points_lock);
static atomic_t met = ATOMIC_INIT(0);

static void rail_meet(void)
{
	atomic_inc(&met);
	while (atomic_read(&met) < 2)
		cpu_relax();
}

static noinline void rail_signal(void)
{
	spin_lock(&signal_lock);
	rail_meet();
	spin_lock(&points_lock);
	spin_unlock(&points_lock);
	spin_unlock(&signal_lock);
}

static noinline void rail_switch(void)
{
	spin_lock(&points_lock);
	rail_meet();
	spin_lock(&signal_lock);
	spin_unlock(&signal_lock);
	spin_unlock(&points_lock);
}

static int railyard_command(char word)
{
	if (word == 's')
		rail_signal();
	else
		rail_switch();
	return 0;
}
DESK(railyard, railyard_command);
