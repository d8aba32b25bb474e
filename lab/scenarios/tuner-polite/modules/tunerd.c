// SPDX-License-Identifier: GPL-2.0
// tunerd: scans a band for a station that is not there.
#include <linux/mutex.h>
#include <linux/sched.h>
#include "desk.h"

static DEFINE_MUTEX(band_lock);
static unsigned int frequency = 87, station = 80;

static noinline void tuner_scan(void)
{
	mutex_lock(&band_lock);
	while (READ_ONCE(frequency) != READ_ONCE(station)) {
		WRITE_ONCE(frequency, READ_ONCE(frequency) % 107 + 81);
		cond_resched();
	}
	mutex_unlock(&band_lock);
}

static noinline void tuner_listen(void)
{
	mutex_lock(&band_lock);
	mutex_unlock(&band_lock);
}

static int tunerd_command(char word)
{
	if (word == 's')
		tuner_scan();
	else
		tuner_listen();
	return 0;
}
DESK(tunerd, tunerd_command);
