// SPDX-License-Identifier: GPL-2.0
// pumps: pumps have a way to stop; an old one has none.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

struct pump_ops {
	int (*start)(int);
	int (*stop)(int);
};

struct pump {
	const struct pump_ops *ops;
	int number;
};

static int pump_start(int number)
{
	return number;
}

static struct pump_ops old_ops = { .start = pump_start };
static struct pump old = { &old_ops, 2 };

static noinline int pump_halt(struct pump *pump)
{
	int done = READ_ONCE(pump->ops->stop)(pump->number);

	return done + pump->number;
}

static ssize_t pumps_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	return pump_halt(&old) ? len : -EINVAL;
}

static const struct file_operations pumps_fops = { .owner = THIS_MODULE, .write = pumps_write };
static struct miscdevice pumps_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "pumps", .fops = &pumps_fops };
module_misc_device(pumps_dev);
MODULE_DESCRIPTION("Pumps");
MODULE_LICENSE("GPL");
