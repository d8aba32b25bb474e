// SPDX-License-Identifier: GPL-2.0
// notices: a notice that is queued before anybody has said what to do with it.
#include <linux/workqueue.h>
#include "desk.h"

static void notice_pin(struct work_struct *work)
{
}
static DECLARE_WORK(notice_work, notice_pin);

static noinline int notice_queue(char word)
{
	notice_work.func = (work_func_t)16;
	schedule_work(&notice_work);
	return 0;
}
DESK(notices, notice_queue);
