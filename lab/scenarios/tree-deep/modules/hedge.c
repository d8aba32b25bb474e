// SPDX-License-Identifier: GPL-2.0
// hedge: counts the twigs of a hedge, which is a tree until somebody ties a twig to the trunk.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

struct twig {
	struct twig *next;
	int leaves;
};

static struct twig twigs[2] = { { &twigs[1], 3 }, { &twigs[0], 4 } };

static noinline int hedge_count(struct twig *twig, int *seen)
{
	int here[24];
	int i;

	for (i = 0; i < 24; i++)
		here[i] = READ_ONCE(*seen) + i;
	if (READ_ONCE(twig->next))
		*seen += hedge_count(READ_ONCE(twig->next), &here[twig->leaves]);
	return here[5] + twig->leaves;
}

static ssize_t hedge_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	int seen = 0;

	return hedge_count(&twigs[0], &seen) ? len : -EINVAL;
}

static const struct file_operations hedge_fops = { .owner = THIS_MODULE, .write = hedge_write };
static struct miscdevice hedge_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "hedge", .fops = &hedge_fops };
module_misc_device(hedge_dev);
MODULE_DESCRIPTION("Hedges");
MODULE_LICENSE("GPL");
