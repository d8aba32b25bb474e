// SPDX-License-Identifier: GPL-2.0
// kilns: a real-time thread that waits for the kiln's heat by measuring it.
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>

static int heat, wanted = 900;

static noinline int kiln_measure(void)
{
	return READ_ONCE(heat);
}

static int kiln_heat(void *unused)
{
	while (kiln_measure() < READ_ONCE(wanted))
		cond_resched();
	return 0;
}

static int __init kilns_init(void)
{
	struct task_struct *thread = kthread_create(kiln_heat, NULL, "kiln_heat");

	if (IS_ERR(thread))
		return PTR_ERR(thread);
	kthread_bind(thread, 1);
	sched_set_fifo(thread);
	wake_up_process(thread);
	return 0;
}
module_init(kilns_init);
MODULE_DESCRIPTION("Kilns");
MODULE_LICENSE("GPL");
