// SPDX-License-Identifier: GPL-2.0
// tariffs: what a journey costs. A zone without a tariff has NULL.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

struct tariff {
	int zone;
	int price;
};

static struct tariff city = { 1, 280 };
static struct tariff *tariffs[4] = { &city };

static noinline int tariff_price(int zone)
{
	return READ_ONCE(READ_ONCE(tariffs[zone])->price);
}

static ssize_t tariffs_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	return tariff_price(0) + tariff_price(2) ? len : -EINVAL;
}

static const struct file_operations tariffs_fops = { .owner = THIS_MODULE, .write = tariffs_write };
static struct miscdevice tariffs_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "tariffs", .fops = &tariffs_fops };
module_misc_device(tariffs_dev);
MODULE_DESCRIPTION("Tariffs");
MODULE_LICENSE("GPL");
