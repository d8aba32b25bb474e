// SPDX-License-Identifier: GPL-2.0
// silos: a thread that lets the grain out when there is some.
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/wait.h>

static struct task_struct *drain;
static DECLARE_WAIT_QUEUE_HEAD(harvest);
static int grain;

static noinline void silo_await(void)
{
	wait_event_idle(harvest, READ_ONCE(grain));
	grain = 0;
}

static int silo_drain(void *unused)
{
	while (!kthread_should_stop())
		silo_await();
	return 0;
}

static int __init silos_init(void)
{
	drain = kthread_run(silo_drain, NULL, "silo_drain");
	return PTR_ERR_OR_ZERO(drain);
}

static void __exit silos_exit(void)
{
	kthread_stop(drain);
}
module_init(silos_init);
module_exit(silos_exit);
MODULE_DESCRIPTION("Silos");
MODULE_LICENSE("GPL");
