// SPDX-License-Identifier: GPL-2.0
// keyring: looks keys up; door_open() uses what it gets without asking whether it is an error.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/err.h>

struct door_key {
	int number;
	int door;
};

static struct door_key front = { 1, 10 };

static noinline struct door_key *door_key_find(int number)
{
	return number == front.number ? &front : ERR_PTR(-ENOENT);
}

static noinline int door_open(int number)
{
	struct door_key *key = door_key_find(number);

	return READ_ONCE(key->door);
}

static ssize_t keyring_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	return door_open(1) + door_open(7) ? len : -EINVAL;
}

static const struct file_operations keyring_fops = { .owner = THIS_MODULE, .write = keyring_write };
static struct miscdevice keyring_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "keyring", .fops = &keyring_fops };
module_misc_device(keyring_dev);
MODULE_DESCRIPTION("Keys");
MODULE_LICENSE("GPL");
