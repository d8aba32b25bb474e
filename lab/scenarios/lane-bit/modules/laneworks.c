// SPDX-License-Identifier: GPL-2.0
// laneworks: closes a lane by a bit, and forgets to open it.
#include <linux/wait_bit.h>
#include "desk.h"

static unsigned long lane_flags;

static noinline int lane_pave(void)
{
	return wait_on_bit_lock(&lane_flags, 5, TASK_UNINTERRUPTIBLE);
}

static int laneworks_command(char word)
{
	return lane_pave();
}
DESK(laneworks, laneworks_command);
