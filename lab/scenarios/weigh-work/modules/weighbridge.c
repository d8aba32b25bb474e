// SPDX-License-Identifier: GPL-2.0
// weighbridge: settles a weight in a work item; a scale that never comes to rest keeps it there for ever.
#include <linux/module.h>
#include <linux/workqueue.h>

static unsigned int reading = 40, last = 41;

static noinline void weighbridge_settle(struct work_struct *work)
{
	while (READ_ONCE(reading) != READ_ONCE(last))
		WRITE_ONCE(reading, READ_ONCE(reading) + 2);
}
static DECLARE_WORK(settle_work, weighbridge_settle);

static int __init weighbridge_init(void)
{
	schedule_work_on(1, &settle_work);
	return 0;
}
module_init(weighbridge_init);
MODULE_DESCRIPTION("Weighbridge");
MODULE_LICENSE("GPL");
