// SPDX-License-Identifier: GPL-2.0
// awning: lets an awning down until its end switch closes, with interrupts off; the switch is broken.
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int end_switch;
static u64 steps;

static noinline void awning_lower(void)
{
	unsigned long flags;

	local_irq_save(flags);
	while (!READ_ONCE(end_switch))
		WRITE_ONCE(steps, steps + 1);
	local_irq_restore(flags);
}

static ssize_t awning_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	awning_lower();
	return len;
}

static const struct file_operations awning_fops = { .owner = THIS_MODULE, .write = awning_write };
static struct miscdevice awning = { .minor = MISC_DYNAMIC_MINOR, .name = "awning", .fops = &awning_fops };
module_misc_device(awning);
MODULE_DESCRIPTION("Awning motor");
MODULE_LICENSE("GPL");
