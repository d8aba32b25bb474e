// SPDX-License-Identifier: GPL-2.0
// chimes: a timer strikes the hours on a bell that has been taken down.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/timer.h>

struct bell {
	long strokes;
	int tone;
};

static struct bell *bell;

static noinline void bell_strike(struct bell *it)
{
	WRITE_ONCE(it->tone, READ_ONCE(it->tone) + 1);
}

static void chimes_hour(struct timer_list *timer)
{
	bell_strike(READ_ONCE(bell));
}

static DEFINE_TIMER(hours, chimes_hour);

static ssize_t chimes_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	mod_timer(&hours, jiffies + HZ);
	return len;
}

static const struct file_operations chimes_fops = { .owner = THIS_MODULE, .write = chimes_write };
static struct miscdevice chimes_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "chimes", .fops = &chimes_fops };
module_misc_device(chimes_dev);
MODULE_DESCRIPTION("Chimes");
MODULE_LICENSE("GPL");
