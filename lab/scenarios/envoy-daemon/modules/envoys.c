// SPDX-License-Identifier: GPL-2.0
// envoys: hands letters to a daemon and waits until it has taken them.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

static DEFINE_MUTEX(pouch_lock);
static DECLARE_WAIT_QUEUE_HEAD(letters);
static DECLARE_WAIT_QUEUE_HEAD(taken);
static int sent, read_so_far, notes;

static noinline int envoy_send(void)
{
	sent++;
	wake_up(&letters);
	return wait_event_interruptible(taken, READ_ONCE(read_so_far) == sent);
}

static ssize_t envoys_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	char c;
	int ret = 0;

	if (get_user(c, words))
		return -EFAULT;
	mutex_lock(&pouch_lock);
	if (c == 's')
		ret = envoy_send();
	else
		notes++;
	mutex_unlock(&pouch_lock);
	return ret ? ret : len;
}

static ssize_t envoys_read(struct file *file, char __user *words, size_t len, loff_t *pos)
{
	if (wait_event_interruptible(letters, READ_ONCE(sent) != read_so_far))
		return -ERESTARTSYS;
	read_so_far = sent;
	wake_up(&taken);
	return put_user('x', words) ? -EFAULT : 1;
}

static const struct file_operations envoys_fops = { .owner = THIS_MODULE, .write = envoys_write, .read = envoys_read };
static struct miscdevice envoys = { .minor = MISC_DYNAMIC_MINOR, .name = "envoys", .fops = &envoys_fops };
module_misc_device(envoys);
MODULE_DESCRIPTION("Envoys");
MODULE_LICENSE("GPL");
