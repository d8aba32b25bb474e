// SPDX-License-Identifier: GPL-2.0
// slates: cuts and dresses, in that order, on one queue.
#include <linux/module.h>
#include <linux/workqueue.h>

static struct workqueue_struct *quarry;
static int cut, dressed;

static noinline void slate_dress(struct work_struct *work)
{
	dressed++;
}
static DECLARE_WORK(dress_work, slate_dress);

static noinline void slate_cut(struct work_struct *work)
{
	queue_work(quarry, &dress_work);
	flush_work(&dress_work);
	cut++;
}
static DECLARE_WORK(cut_work, slate_cut);

static int __init slates_init(void)
{
	quarry = alloc_ordered_workqueue("quarry", 0);
	if (!quarry)
		return -ENOMEM;
	queue_work(quarry, &cut_work);
	return 0;
}
module_init(slates_init);
MODULE_DESCRIPTION("Slates");
MODULE_LICENSE("GPL");
