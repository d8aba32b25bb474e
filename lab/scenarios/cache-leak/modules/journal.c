// SPDX-License-Identifier: GPL-2.0
// journal: keeps every entry for ever.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

struct entry {
	struct entry *before;
	char text[1000];
};

static struct entry *latest;

static noinline void journal_keep(void)
{
	struct entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry)
		return;
	entry->before = latest;
	latest = entry;
}

static ssize_t journal_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	for (;;) {
		journal_keep();
		cond_resched();
	}
	return len;
}

static const struct file_operations journal_fops = { .owner = THIS_MODULE, .write = journal_write };
static struct miscdevice journal_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "journal", .fops = &journal_fops };
module_misc_device(journal_dev);
MODULE_DESCRIPTION("Journals");
MODULE_LICENSE("GPL");
