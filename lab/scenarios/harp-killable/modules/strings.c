// SPDX-License-Identifier: GPL-2.0
// strings: tunes two strings, upwards or downwards.
#include <linux/delay.h>
#include <linux/mutex.h>
#include "desk.h"

static DEFINE_MUTEX(treble);
static DEFINE_MUTEX(bass);
static int tuned;

static noinline int string_tune(struct mutex *first, struct mutex *second)
{
	if (mutex_lock_killable(first))
		return -EINTR;
	ssleep(1);
	if (mutex_lock_killable(second)) {
		mutex_unlock(first);
		return -EINTR;
	}
	tuned++;
	mutex_unlock(second);
	mutex_unlock(first);
	return 0;
}

static int strings_command(char word)
{
	return word == 'u' ? string_tune(&treble, &bass) : string_tune(&bass, &treble);
}
DESK(strings, strings_command);
