// SPDX-License-Identifier: GPL-2.0
// tickets: a ticket that is given back while it is given back is freed twice.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

struct ticket {
	int number;
	char seat[92];
};

static noinline void ticket_give_back(struct ticket *ticket)
{
	kfree(ticket);
	barrier();
}

static ssize_t tickets_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	struct ticket *ticket = kzalloc(sizeof(*ticket), GFP_KERNEL);

	if (!ticket)
		return -ENOMEM;
	ticket_give_back(ticket);
	ticket_give_back(ticket);
	return len;
}

static const struct file_operations tickets_fops = { .owner = THIS_MODULE, .write = tickets_write };
static struct miscdevice tickets_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "tickets", .fops = &tickets_fops };
module_misc_device(tickets_dev);
MODULE_DESCRIPTION("Tickets");
MODULE_LICENSE("GPL");
