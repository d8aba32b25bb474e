// SPDX-License-Identifier: GPL-2.0
// tides: a thread that looks at the tide once a minute.
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>

static unsigned long looked;

static int tide_watch(void *unused)
{
	for (;;) {
		looked++;
		msleep(60000);
	}
	return 0;
}

static int __init tides_init(void)
{
	kthread_run(tide_watch, NULL, "tide_watch");
	return 0;
}
module_init(tides_init);
MODULE_DESCRIPTION("Tides");
MODULE_LICENSE("GPL");
