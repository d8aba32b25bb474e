// SPDX-License-Identifier: GPL-2.0
// harbour: two kernel threads plan and load ships. berth_lock comes before crane_lock; harbour_load() forgets it.
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(berth_lock);
static DEFINE_MUTEX(crane_lock);
static unsigned long plans, loads;

static noinline void harbour_plan(void)
{
	mutex_lock(&berth_lock);
	msleep(30);
	mutex_lock(&crane_lock);
	plans++;
	mutex_unlock(&crane_lock);
	mutex_unlock(&berth_lock);
}

static noinline void harbour_load(void)
{
	mutex_lock(&crane_lock);
	msleep(30);
	mutex_lock(&berth_lock);
	loads++;
	mutex_unlock(&berth_lock);
	mutex_unlock(&crane_lock);
}

static int planner(void *unused)
{
	for (;;) {
		harbour_plan();
		msleep(70);
	}
	return 0;
}

static int loader(void *unused)
{
	for (;;) {
		harbour_load();
		msleep(45);
	}
	return 0;
}

static int __init harbour_init(void)
{
	kthread_run(planner, NULL, "berth_plan");
	kthread_run(loader, NULL, "berth_load");
	return 0;
}
module_init(harbour_init);
MODULE_DESCRIPTION("Harbour berths");
MODULE_LICENSE("GPL");
