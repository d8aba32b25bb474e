// SPDX-License-Identifier: GPL-2.0
// valves: opens and closes valves; an open valve is not to be opened.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static unsigned long opened;

static noinline int valve_open(int number)
{
	if (WARN(test_and_set_bit(number, &opened), "valve %d is open already\n", number))
		return -EBUSY;
	return 0;
}

static ssize_t valves_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	valve_open(3);
	valve_open(3);
	return len;
}

static const struct file_operations valves_fops = { .owner = THIS_MODULE, .write = valves_write };
static struct miscdevice valves_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "valves", .fops = &valves_fops };
module_misc_device(valves_dev);
MODULE_DESCRIPTION("Valves");
MODULE_LICENSE("GPL");
