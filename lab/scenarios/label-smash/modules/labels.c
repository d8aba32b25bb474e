// SPDX-License-Identifier: GPL-2.0
// labels: pads labels. A label that is longer than its buffer spoils the stack.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int width = 72;

static noinline void label_pad(char *to, int n)
{
	int i;

	for (i = 0; i < n; i++)
		WRITE_ONCE(to[i], '.');
}

static noinline int label_print(void)
{
	char line[32];

	label_pad(line, READ_ONCE(width));
	return line[7];
}

static ssize_t labels_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	return label_print() ? len : -EINVAL;
}

static const struct file_operations labels_fops = { .owner = THIS_MODULE, .write = labels_write };
static struct miscdevice labels_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "labels", .fops = &labels_fops };
module_misc_device(labels_dev);
MODULE_DESCRIPTION("Labels");
MODULE_LICENSE("GPL");
