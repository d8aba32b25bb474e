// SPDX-License-Identifier: GPL-2.0
// viewing: shows a picture in memory, when it has come.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(picture_came);
static int pictures;

static vm_fault_t view_fault(struct vm_fault *vmf)
{
	wait_event(picture_came, READ_ONCE(pictures));
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct view_ops = { .fault = view_fault };

static int viewing_mmap(struct file *file, struct vm_area_struct *area)
{
	area->vm_ops = &view_ops;
	return 0;
}

static const struct file_operations viewing_fops = { .owner = THIS_MODULE, .mmap = viewing_mmap };
static struct miscdevice viewing = { .minor = MISC_DYNAMIC_MINOR, .name = "viewing", .fops = &viewing_fops };
module_misc_device(viewing);
MODULE_DESCRIPTION("Viewing");
MODULE_LICENSE("GPL");
