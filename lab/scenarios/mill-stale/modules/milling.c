// SPDX-License-Identifier: GPL-2.0
// milling: a wheel that is freed and, its memory used for something else, turned once more.
#include <linux/slab.h>
#include "desk.h"

struct wheel {
	char maker[24];
	int (*turn)(struct wheel *wheel);
	char rest[160];
};
static struct wheel *wheel;
static char *labels[64];

static noinline int wheel_turn(struct wheel *wheel)
{
	return wheel->maker[0];
}

static noinline int mill_grind(struct wheel *wheel)
{
	return wheel->turn(wheel) + 1;
}

static noinline int milling_command(char word)
{
	int i, n;

	wheel = kzalloc(sizeof(*wheel), GFP_KERNEL);
	wheel->turn = wheel_turn;
	kfree(wheel);
	for (i = 0; i < 64; i++) {
		labels[i] = kzalloc(sizeof(*wheel), GFP_KERNEL);
		for (n = 0; n < 150; n++)
			labels[i][n] = 'A' + n % 25;
	}
	return mill_grind(wheel) ? 0 : -EIO;
}
DESK(milling, milling_command);
