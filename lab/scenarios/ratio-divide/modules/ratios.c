// SPDX-License-Identifier: GPL-2.0
// ratios: parts of a whole.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int whole = 12;

static noinline int ratio_of(int part)
{
	return part * 100 / READ_ONCE(whole);
}

static ssize_t ratios_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	int before = ratio_of(3);

	WRITE_ONCE(whole, 0);
	return ratio_of(4) == before ? len : -EINVAL;
}

static const struct file_operations ratios_fops = { .owner = THIS_MODULE, .write = ratios_write };
static struct miscdevice ratios_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "ratios", .fops = &ratios_fops };
module_misc_device(ratios_dev);
MODULE_DESCRIPTION("Ratios");
MODULE_LICENSE("GPL");
