// SPDX-License-Identifier: GPL-2.0
// brooks: a tasklet that is always due.
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/smp.h>

static unsigned long passed;

static void brook_flow(struct tasklet_struct *brook);
static DECLARE_TASKLET(brook, brook_flow);

static void brook_flow(struct tasklet_struct *unused)
{
	passed++;
	tasklet_schedule(&brook);
}

static int __init brooks_init(void)
{
	tasklet_schedule(&brook);
	return 0;
}
module_init(brooks_init);
MODULE_DESCRIPTION("Brooks");
MODULE_LICENSE("GPL");
