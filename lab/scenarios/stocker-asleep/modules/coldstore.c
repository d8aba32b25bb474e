// SPDX-License-Identifier: GPL-2.0
// coldstore: a store with one door. stock() waits for the truck with the door locked, and no truck comes.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

static DEFINE_MUTEX(door_lock);
static DECLARE_WAIT_QUEUE_HEAD(truck_came);
static int trucks;

static noinline int coldstore_stock(void)
{
	int ret;

	mutex_lock(&door_lock);
	ret = wait_event_interruptible(truck_came, READ_ONCE(trucks));
	mutex_unlock(&door_lock);
	return ret;
}

static noinline int coldstore_count(void)
{
	mutex_lock(&door_lock);
	trucks = 0;
	mutex_unlock(&door_lock);
	return 0;
}

static ssize_t coldstore_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	char c;
	int ret;

	if (get_user(c, words))
		return -EFAULT;
	ret = c == 's' ? coldstore_stock() : coldstore_count();
	return ret ? ret : len;
}

static const struct file_operations coldstore_fops = { .owner = THIS_MODULE, .write = coldstore_write };
static struct miscdevice coldstore = { .minor = MISC_DYNAMIC_MINOR, .name = "coldstore", .fops = &coldstore_fops };
module_misc_device(coldstore);
MODULE_DESCRIPTION("Cold store");
MODULE_LICENSE("GPL");
