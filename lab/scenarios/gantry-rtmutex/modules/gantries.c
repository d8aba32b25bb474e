// SPDX-License-Identifier: GPL-2.0
// gantries: a beam that one at a time may move, and whose coming to rest nobody reports.
#include <linux/rtmutex.h>
#include <linux/wait.h>
#include "desk.h"

static DEFINE_RT_MUTEX(beam_lock);
static DECLARE_WAIT_QUEUE_HEAD(beam_rest);
static int still, moves;

static noinline int beam_settle(void)
{
	return wait_event_interruptible(beam_rest, READ_ONCE(still));
}

static noinline int gantry_command(char word)
{
	int ret = 0;

	rt_mutex_lock(&beam_lock);
	moves++;
	if (word == 'h')
		ret = beam_settle();
	rt_mutex_unlock(&beam_lock);
	return ret;
}
DESK(gantries, gantry_command);
