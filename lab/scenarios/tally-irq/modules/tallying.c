// SPDX-License-Identifier: GPL-2.0
// tallying: counts in an interrupt, and checks the count.
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/version.h>

static unsigned int counted = 3, paid = 5;
static struct hrtimer tally_timer;

static noinline void tally_check(void)
{
	BUG_ON(READ_ONCE(counted) < READ_ONCE(paid));
}

static enum hrtimer_restart tally_tick(struct hrtimer *timer)
{
	tally_check();
	return HRTIMER_NORESTART;
}

static void tally_begin(void *unused)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	hrtimer_setup(&tally_timer, tally_tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#else
	hrtimer_init(&tally_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	tally_timer.function = tally_tick;
#endif
	hrtimer_start(&tally_timer, ms_to_ktime(1500), HRTIMER_MODE_REL);
}

static int __init tally_init(void)
{
	smp_call_function_single(1, tally_begin, NULL, 1);
	return 0;
}
module_init(tally_init);
MODULE_DESCRIPTION("Tallying");
MODULE_LICENSE("GPL");
