// SPDX-License-Identifier: GPL-2.0
// orbits: many may look at a track, one may shift it.
#include <linux/percpu-rwsem.h>
#include <linux/wait.h>
#include "desk.h"

DEFINE_STATIC_PERCPU_RWSEM(track_sem);
static DECLARE_WAIT_QUEUE_HEAD(dusk);
static int dark, shifted;

static noinline int orbit_watch(void)
{
	return wait_event_interruptible(dusk, READ_ONCE(dark));
}

static noinline int orbit_command(char word)
{
	int ret = 0;

	if (word == 's') {
		percpu_down_write(&track_sem);
		shifted++;
		percpu_up_write(&track_sem);
		return 0;
	}
	percpu_down_read(&track_sem);
	if (word == 'w')
		ret = orbit_watch();
	percpu_up_read(&track_sem);
	return ret;
}
DESK(orbits, orbit_command);
