// SPDX-License-Identifier: GPL-2.0
// shelving: books on a shelf. A book that is lent while it is lent is taken off the shelf twice.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/list.h>

struct book {
	struct list_head on_shelf;
	int number;
};

static LIST_HEAD(shelf);
static struct book books[3];

static noinline void book_lend(struct book *book)
{
	list_del(&book->on_shelf);
}

static noinline void shelf_fill(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		books[i].number = i;
		list_add_tail(&books[i].on_shelf, &shelf);
	}
}

static ssize_t shelving_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	shelf_fill();
	book_lend(&books[1]);
	book_lend(&books[1]);
	return len;
}

static const struct file_operations shelving_fops = { .owner = THIS_MODULE, .write = shelving_write };
static struct miscdevice shelving_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "shelving", .fops = &shelving_fops };
module_misc_device(shelving_dev);
MODULE_DESCRIPTION("Shelves");
MODULE_LICENSE("GPL");
