// SPDX-License-Identifier: GPL-2.0
// carousel: a list of horses, the last of which points back into the middle.
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include "desk.h"

struct horse {
	struct list_head next;
	int number;
};

static LIST_HEAD(horses);
static struct horse stable[3];

static noinline struct horse *carousel_find(int number)
{
	struct horse *horse;

	rcu_read_lock();
	list_for_each_entry_rcu(horse, &horses, next)
		if (READ_ONCE(horse->number) == number)
			break;
	rcu_read_unlock();
	return horse;
}

static noinline int carousel_command(char word)
{
	int i;

	if (word == 't') {
		synchronize_rcu();
		return 0;
	}
	for (i = 0; i < 3; i++) {
		stable[i].number = i;
		list_add_tail_rcu(&stable[i].next, &horses);
	}
	stable[2].next.next = &stable[1].next;
	return carousel_find(7)->number;
}
DESK(carousel, carousel_command);
