// SPDX-License-Identifier: GPL-2.0
// liftctl: waits for the lift's door sensor with interrupts off, and the sensor is broken.
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int door_closed;

static noinline void lift_wait_door(void)
{
	unsigned long flags;

	local_irq_save(flags);
	while (!READ_ONCE(door_closed))
		cpu_relax();
	local_irq_restore(flags);
}

static ssize_t lift_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	lift_wait_door();
	return len;
}

static const struct file_operations lift_fops = { .owner = THIS_MODULE, .write = lift_write };
static struct miscdevice liftctl = { .minor = MISC_DYNAMIC_MINOR, .name = "liftctl", .fops = &lift_fops };
module_misc_device(liftctl);
MODULE_DESCRIPTION("Lift control");
MODULE_LICENSE("GPL");
