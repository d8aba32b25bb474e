// SPDX-License-Identifier: GPL-2.0
// pumpctl: a timer drains a tank; with a leak the level never comes to zero.
#include <linux/module.h>
#include <linux/timer.h>

static unsigned int level = 7;

static noinline void pump_drain(struct timer_list *t)
{
	while (READ_ONCE(level) != 0)
		WRITE_ONCE(level, level + 2);
}
static DEFINE_TIMER(drain_timer, pump_drain);

static int __init pump_init(void)
{
	drain_timer.expires = jiffies + HZ / 2;
	add_timer_on(&drain_timer, 1);
	return 0;
}
module_init(pump_init);
MODULE_DESCRIPTION("Pump control");
MODULE_LICENSE("GPL");
