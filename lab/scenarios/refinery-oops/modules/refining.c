// SPDX-License-Identifier: GPL-2.0
// refining: lets a still run in a work item, and waits for it.
#include <linux/workqueue.h>
#include "desk.h"

struct still {
	long filled, drawn;
};
static struct still *still;

static noinline void still_run(struct work_struct *work)
{
	still->drawn = still->filled;
}
static DECLARE_WORK(still_work, still_run);

static noinline int refining_command(char word)
{
	schedule_work(&still_work);
	flush_work(&still_work);
	return 0;
}
DESK(refining, refining_command);
