// SPDX-License-Identifier: GPL-2.0
// depot: closes with the lock held, and waits for the sweep, which wants it.
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "desk.h"

static DEFINE_MUTEX(depot_lock);
static unsigned long sweeps;

static noinline void depot_sweep(struct work_struct *work)
{
	msleep(300);
	mutex_lock(&depot_lock);
	sweeps++;
	mutex_unlock(&depot_lock);
}
static DECLARE_WORK(sweep_work, depot_sweep);

static noinline int depot_close(char word)
{
	schedule_work(&sweep_work);
	mutex_lock(&depot_lock);
	flush_work(&sweep_work);
	mutex_unlock(&depot_lock);
	return 0;
}
DESK(depot, depot_close);
