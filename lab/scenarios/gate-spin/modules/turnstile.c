// SPDX-License-Identifier: GPL-2.0
// turnstile: counts who goes in and out. turnstile_settle() waits for as many out as in, with the lock held that both need.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

static DEFINE_SPINLOCK(gate_lock);
static unsigned long gone_in = 3, gone_out = 2;

static noinline int turnstile_settle(void)
{
	spin_lock(&gate_lock);
	while (READ_ONCE(gone_in) != READ_ONCE(gone_out))
		cpu_relax();
	spin_unlock(&gate_lock);
	return 0;
}

static noinline int turnstile_out(void)
{
	spin_lock(&gate_lock);
	WRITE_ONCE(gone_out, gone_out + 1);
	spin_unlock(&gate_lock);
	return 0;
}

static ssize_t turnstile_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	char c;

	if (get_user(c, words))
		return -EFAULT;
	if (c == 's')
		turnstile_settle();
	else
		turnstile_out();
	return len;
}

static const struct file_operations turnstile_fops = { .owner = THIS_MODULE, .write = turnstile_write };
static struct miscdevice turnstile = { .minor = MISC_DYNAMIC_MINOR, .name = "turnstile", .fops = &turnstile_fops };
module_misc_device(turnstile);
MODULE_DESCRIPTION("Turnstile");
MODULE_LICENSE("GPL");
