// SPDX-License-Identifier: GPL-2.0
// dyeing: takes a colour from the program, with the vat locked.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

static DEFINE_MUTEX(vat_lock);
static char vat[64];

static noinline int vat_dip(const char __user *colour, size_t len)
{
	int ret;

	mutex_lock(&vat_lock);
	ret = copy_from_user(vat, colour, min(len, sizeof(vat))) ? -EFAULT : 0;
	mutex_unlock(&vat_lock);
	return ret;
}

static ssize_t dyeing_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	int ret = vat_dip(words, len);

	return ret ? ret : len;
}

static const struct file_operations dyeing_fops = { .owner = THIS_MODULE, .write = dyeing_write };
static struct miscdevice dyeing = { .minor = MISC_DYNAMIC_MINOR, .name = "dyeing", .fops = &dyeing_fops };
module_misc_device(dyeing);
MODULE_DESCRIPTION("Dyeing");
MODULE_LICENSE("GPL");
