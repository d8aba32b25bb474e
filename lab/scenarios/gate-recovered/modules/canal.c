// SPDX-License-Identifier: GPL-2.0
// canal: fills a lock, which takes its time.
#include <linux/delay.h>
#include "desk.h"

static noinline void lock_gate_fill(void)
{
	msleep(14000);
}

static int canal_command(char word)
{
	lock_gate_fill();
	return 0;
}
DESK(canal, canal_command);
