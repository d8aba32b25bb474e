// SPDX-License-Identifier: GPL-2.0
// ushering: reads a ticket where the program has it, without asking.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int seats;

static noinline int usher_tear(const int *ticket)
{
	return ticket[0] + ++seats;
}

static ssize_t ushering_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	return usher_tear((__force const int *)words) ? len : -EIO;
}

static const struct file_operations ushering_fops = { .owner = THIS_MODULE, .write = ushering_write };
static struct miscdevice ushering = { .minor = MISC_DYNAMIC_MINOR, .name = "ushering", .fops = &ushering_fops };
module_misc_device(ushering);
MODULE_DESCRIPTION("Ushering");
MODULE_LICENSE("GPL");
