// SPDX-License-Identifier: GPL-2.0
// barrier: stops everything when both barriers say that they are open and closed.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int state = 3;

static noinline void barrier_check(void)
{
	if (READ_ONCE(state) == 3)
		panic("barrier: open and closed at once (state %d)", state);
}

static ssize_t barrier_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	barrier_check();
	return len;
}

static const struct file_operations barrier_fops = { .owner = THIS_MODULE, .write = barrier_write };
static struct miscdevice barrier_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "barrier", .fops = &barrier_fops };
module_misc_device(barrier_dev);
MODULE_DESCRIPTION("Barriers");
MODULE_LICENSE("GPL");
