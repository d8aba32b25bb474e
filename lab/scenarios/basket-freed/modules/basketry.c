// SPDX-License-Identifier: GPL-2.0
// basketry: baskets of a shop. basket_drop() gives a basket back, and forgets to take it off the counter.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

struct basket {
	char label[40];
	struct basket *next;
	struct shopper *shopper;
	long total;
};

struct shopper {
	char name[16];
	int purse;
};

static struct basket *on_counter;
static struct shopper visitor = { "visitor", 100 };

static noinline void basket_put(void)
{
	struct basket *basket = kzalloc(sizeof(*basket), GFP_KERNEL);

	if (!basket)
		return;
	basket->shopper = &visitor;
	WRITE_ONCE(on_counter, basket);
}

static noinline void basket_drop(struct basket *basket)
{
	kfree(basket);
}

static noinline int basket_pay(struct basket *basket)
{
	return READ_ONCE(basket->shopper->purse);
}

static ssize_t basketry_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	basket_put();
	basket_drop(READ_ONCE(on_counter));
	if (basket_pay(READ_ONCE(on_counter)) < 0)
		return -EINVAL;
	return len;
}

static const struct file_operations basketry_fops = { .owner = THIS_MODULE, .write = basketry_write };
static struct miscdevice basketry_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "basketry", .fops = &basketry_fops };
module_misc_device(basketry_dev);
MODULE_DESCRIPTION("Baskets");
MODULE_LICENSE("GPL");
