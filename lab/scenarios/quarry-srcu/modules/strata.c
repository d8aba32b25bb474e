// SPDX-License-Identifier: GPL-2.0
// strata: reads layers under SRCU, blasts them away when nobody reads any longer.
#include <linux/mutex.h>
#include <linux/srcu.h>
#include <linux/wait.h>
#include "desk.h"

DEFINE_STATIC_SRCU(strata_srcu);
static DEFINE_MUTEX(survey_lock);
static DECLARE_WAIT_QUEUE_HEAD(sunrise);
static int light, loaded;

static noinline int strata_read(void)
{
	int index = srcu_read_lock(&strata_srcu);
	int ret = wait_event_interruptible(sunrise, READ_ONCE(light));

	srcu_read_unlock(&strata_srcu, index);
	return ret;
}

static noinline int strata_command(char word)
{
	if (word == 'r')
		return strata_read();
	mutex_lock(&survey_lock);
	if (word == 'b')
		synchronize_srcu(&strata_srcu);
	else
		loaded++;
	mutex_unlock(&survey_lock);
	return 0;
}
DESK(strata, strata_command);
