// SPDX-License-Identifier: GPL-2.0
// landmap: a map that many read and few change. A survey reads it for as long as nobody ends it.
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/rwsem.h>
#include <linux/uaccess.h>

static DECLARE_RWSEM(map_sem);
static DECLARE_COMPLETION(survey_done);
static unsigned long changes, reads;

static noinline int landmap_survey(void)
{
	int ret;

	down_read(&map_sem);
	ret = wait_for_completion_interruptible(&survey_done);
	up_read(&map_sem);
	return ret;
}

static noinline int landmap_change(void)
{
	down_write(&map_sem);
	changes++;
	up_write(&map_sem);
	return 0;
}

static noinline int landmap_read(void)
{
	down_read(&map_sem);
	reads++;
	up_read(&map_sem);
	return 0;
}

static ssize_t landmap_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	char c;
	int ret;

	if (get_user(c, words))
		return -EFAULT;
	ret = c == 's' ? landmap_survey() : c == 'c' ? landmap_change() : landmap_read();
	return ret ? ret : len;
}

static const struct file_operations landmap_fops = { .owner = THIS_MODULE, .write = landmap_write };
static struct miscdevice landmap = { .minor = MISC_DYNAMIC_MINOR, .name = "landmap", .fops = &landmap_fops };
module_misc_device(landmap);
MODULE_DESCRIPTION("Land map");
MODULE_LICENSE("GPL");
