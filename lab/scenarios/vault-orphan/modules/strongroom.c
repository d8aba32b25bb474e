// SPDX-License-Identifier: GPL-2.0
// strongroom: audits a vault whose inventory was never taken.
#include <linux/mutex.h>
#include "desk.h"

struct inventory {
	unsigned long coins, notes;
};
static DEFINE_MUTEX(vault_lock);
static struct inventory *inventory;
static unsigned long drawn;

static noinline int vault_audit(void)
{
	unsigned long sum;

	mutex_lock(&vault_lock);
	sum = READ_ONCE(inventory->notes) + drawn;
	mutex_unlock(&vault_lock);
	return sum == 0;
}

static noinline int vault_draw(void)
{
	mutex_lock(&vault_lock);
	drawn++;
	mutex_unlock(&vault_lock);
	return 0;
}

static int strongroom_command(char word)
{
	return word == 'a' ? vault_audit() : vault_draw();
}
DESK(strongroom, strongroom_command);
