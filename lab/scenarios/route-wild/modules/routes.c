// SPDX-License-Identifier: GPL-2.0
// routes: where parcels go. A name that is too long runs over into the pointer behind it.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

struct depot {
	int number;
	int load;
};

struct route {
	char name[16];
	struct depot *depot;
};

static struct depot north = { 5, 70 };
static struct route *routes;

static noinline void route_name(struct route *route, const char *name)
{
	char *to = route->name;

	while ((*to++ = READ_ONCE(*name++)))
		;
}

static noinline int route_load(struct route *route)
{
	return READ_ONCE(route->depot->load);
}

static ssize_t routes_write(struct file *file, const char __user *words, size_t len, loff_t *pos)
{
	routes = kzalloc(sizeof(*routes), GFP_KERNEL);
	if (!routes)
		return -ENOMEM;
	routes->depot = &north;
	route_name(routes, "from the north to the sea");
	return route_load(routes) ? len : -EINVAL;
}

static const struct file_operations routes_fops = { .owner = THIS_MODULE, .write = routes_write };
static struct miscdevice routes_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "routes", .fops = &routes_fops };
module_misc_device(routes_dev);
MODULE_DESCRIPTION("Routes");
MODULE_LICENSE("GPL");
