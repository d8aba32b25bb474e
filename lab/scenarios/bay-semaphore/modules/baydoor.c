// SPDX-License-Identifier: GPL-2.0
// baydoor: one bay, one door: whoever parks forgets to leave.
#include <linux/semaphore.h>
#include "desk.h"

static struct semaphore bay_sem = __SEMAPHORE_INITIALIZER(bay_sem, 1);

static noinline int bay_enter(char word)
{
	down(&bay_sem);
	if (word == 'p')
		return 0;
	up(&bay_sem);
	return 0;
}
DESK(baydoor, bay_enter);
