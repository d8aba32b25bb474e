// SPDX-License-Identifier: GPL-2.0
// gauges: reads a gauge, and warns when it shows too much.
#include "desk.h"

static int shown = 101;

static noinline int gauge_read(char word)
{
	WARN_ONCE(shown > 100, "gauge shows %d of 100", shown);
	return 0;
}
DESK(gauges, gauge_read);
