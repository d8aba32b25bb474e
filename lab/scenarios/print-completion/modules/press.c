// SPDX-License-Identifier: GPL-2.0
// press: prints a sheet, on a press whose interrupt never comes.
#include <linux/completion.h>
#include "desk.h"

static DECLARE_COMPLETION(sheet_done);

static noinline void press_wait(void)
{
	wait_for_completion(&sheet_done);
}

static int press_print(char word)
{
	press_wait();
	return 0;
}
DESK(press, press_print);
