// SPDX-License-Identifier: GPL-2.0
// strobe: flashes until a counter comes to zero, and it never does.
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/version.h>

static struct hrtimer flash_timer;
static unsigned int flashes = 5;

static noinline enum hrtimer_restart strobe_flash(struct hrtimer *t)
{
	while (READ_ONCE(flashes) != 0)
		WRITE_ONCE(flashes, READ_ONCE(flashes) + 2);
	return HRTIMER_NORESTART;
}

static void strobe_start(void *unused)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(&flash_timer, strobe_flash, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED);
#else
	hrtimer_init(&flash_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED);
	flash_timer.function = strobe_flash;
#endif
	hrtimer_start(&flash_timer, ms_to_ktime(300), HRTIMER_MODE_REL_PINNED);
}

static int __init strobe_init(void)
{
	return smp_call_function_single(1, strobe_start, NULL, 1);
}
module_init(strobe_init);
MODULE_DESCRIPTION("Strobe light");
MODULE_LICENSE("GPL");
