/* SPDX-License-Identifier: GPL-2.0 */
/* DESK(desk, handle): a device /dev/desk; the first letter of what is written to it goes to int handle(char). */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#define DESK(desk, handle) \
static ssize_t desk##_write(struct file *file, const char __user *words, size_t len, loff_t *pos) \
{ \
	char c; \
	int ret; \
\
	if (get_user(c, words)) \
		return -EFAULT; \
	ret = handle(c); \
	return ret ? ret : len; \
} \
static const struct file_operations desk##_fops = { .owner = THIS_MODULE, .write = desk##_write }; \
static struct miscdevice desk##_desk = { .minor = MISC_DYNAMIC_MINOR, .name = #desk, .fops = &desk##_fops }; \
module_misc_device(desk##_desk); \
MODULE_DESCRIPTION(#desk); \
MODULE_LICENSE("GPL")
