// SPDX-License-Identifier: GPL-2.0
// badges: copies a photograph onto each badge, whether there is one or not.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/string.h>

static char badge[4096];
static char *photograph;

static noinline void badge_print(void)
{
	memcpy(badge, READ_ONCE(photograph), READ_ONCE(*(int *)&badge[0]) + 300);
}

static ssize_t badges_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	badge_print();
	return len;
}

static const struct file_operations badges_fops = { .owner = THIS_MODULE, .write = badges_write };
static struct miscdevice badges_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "badges", .fops = &badges_fops };
module_misc_device(badges_dev);
MODULE_DESCRIPTION("Badges");
MODULE_LICENSE("GPL");
