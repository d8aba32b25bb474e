// SPDX-License-Identifier: GPL-2.0
// relaybox: switches a relay with an instruction that takes no LOCK prefix.
#include "desk.h"

static int model = 4;

static noinline int relay_switch(void)
{
	if (READ_ONCE(model) > 3)
		asm volatile(".byte 0xf0, 0x90"); /* lock nop */
	return 0;
}

static int relaybox_switch(char word)
{
	return relay_switch();
}
DESK(relaybox, relaybox_switch);
