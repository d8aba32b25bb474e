// SPDX-License-Identifier: GPL-2.0
// attics: sweeps now and then, and forgets to stop that when it leaves.
#include <linux/module.h>
#include <linux/timer.h>

static unsigned long swept;

static noinline void attic_sweep(struct timer_list *timer)
{
	swept++;
}
static DEFINE_TIMER(attic_timer, attic_sweep);

static int __init attics_init(void)
{
	mod_timer(&attic_timer, jiffies + 3 * HZ);
	return 0;
}

static void __exit attics_exit(void)
{
}
module_init(attics_init);
module_exit(attics_exit);
MODULE_DESCRIPTION("Attics");
MODULE_LICENSE("GPL");
