// SPDX-License-Identifier: GPL-2.0
// ledger: books amounts; a balance below zero is a bug.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static long balance = 100;

static noinline void ledger_book(long amount)
{
	WRITE_ONCE(balance, READ_ONCE(balance) + amount);
	BUG_ON(READ_ONCE(balance) < 0);
}

static ssize_t ledger_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	ledger_book(-40);
	ledger_book(-90);
	return len;
}

static const struct file_operations ledger_fops = { .owner = THIS_MODULE, .write = ledger_write };
static struct miscdevice ledger_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "ledger", .fops = &ledger_fops };
module_misc_device(ledger_dev);
MODULE_DESCRIPTION("Ledger");
MODULE_LICENSE("GPL");
