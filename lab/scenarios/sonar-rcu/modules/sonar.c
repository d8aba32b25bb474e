// SPDX-License-Identifier: GPL-2.0
// sonar: a kernel thread listens for an echo inside an RCU read-side section, and no echo comes.
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

static int echoes;

static noinline void sonar_listen(void)
{
	rcu_read_lock();
	preempt_disable();
	while (!READ_ONCE(echoes))
		cpu_relax();
	preempt_enable();
	rcu_read_unlock();
}

static int sonar_thread(void *unused)
{
	sonar_listen();
	return 0;
}

static int __init sonar_init(void)
{
	struct task_struct *t = kthread_create(sonar_thread, NULL, "sonar_rx");

	if (IS_ERR(t))
		return PTR_ERR(t);
	kthread_bind(t, 1);
	wake_up_process(t);
	return 0;
}
module_init(sonar_init);
MODULE_DESCRIPTION("Sonar receiver");
MODULE_LICENSE("GPL");
