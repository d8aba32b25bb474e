// SPDX-License-Identifier: GPL-2.0
// invoicer: adds up invoices. An invoice whose customer has been struck off keeps no customer.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/list.h>
#include <linux/slab.h>

struct customer {
	char name[24];
	int region;
	int discount;
};

struct invoice {
	struct list_head all;
	int number;
	struct customer *customer;
	long net;
};

static LIST_HEAD(invoices);
static struct customer somebody = { "Harper & Sons", 4, 7 };

/* Not static: another driver adds up invoices, too. */
long invoice_total(struct invoice *invoice);

noinline long invoice_total(struct invoice *invoice)
{
	return invoice->net - invoice->net * READ_ONCE(invoice->customer->discount) / 100;
}

static noinline long invoices_sum(void)
{
	struct invoice *invoice;
	long sum = 0;

	list_for_each_entry(invoice, &invoices, all)
		sum += invoice_total(invoice);
	return sum;
}

static noinline void invoice_add(int number, struct customer *customer)
{
	struct invoice *invoice = kzalloc(sizeof(*invoice), GFP_KERNEL);

	if (!invoice)
		return;
	invoice->number = number;
	invoice->customer = customer;
	invoice->net = 100 * number;
	list_add_tail(&invoice->all, &invoices);
}

static ssize_t invoicer_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	invoice_add(11, &somebody);
	invoice_add(12, NULL);
	pr_info("invoicer: %ld in all\n", invoices_sum());
	return len;
}

static const struct file_operations invoicer_fops = { .owner = THIS_MODULE, .write = invoicer_write };
static struct miscdevice invoicer_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "invoicer", .fops = &invoicer_fops };
module_misc_device(invoicer_dev);
MODULE_DESCRIPTION("Invoices");
MODULE_LICENSE("GPL");
