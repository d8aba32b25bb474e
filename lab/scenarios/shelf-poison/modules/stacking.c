// SPDX-License-Identifier: GPL-2.0
// stacking: crates in a stack. stack_count() goes on from a crate that was taken away meanwhile.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/list.h>

struct crate {
	struct list_head link;
	int weight;
};

static LIST_HEAD(stack);
static struct crate crates[3];

static noinline int stack_weigh_on(struct crate *crate)
{
	crate = list_next_entry(crate, link);
	return READ_ONCE(crate->weight);
}

static ssize_t stacking_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	int i;

	for (i = 0; i < 3; i++)
		list_add_tail(&crates[i].link, &stack);
	list_del(&crates[1].link);
	return stack_weigh_on(&crates[1]) ? len : -EIO;
}

static const struct file_operations stacking_fops = { .owner = THIS_MODULE, .write = stacking_write };
static struct miscdevice stacking_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "stacking", .fops = &stacking_fops };
module_misc_device(stacking_dev);
MODULE_DESCRIPTION("Stacks");
MODULE_LICENSE("GPL");
