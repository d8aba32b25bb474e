// SPDX-License-Identifier: GPL-2.0
// charting: plots a chart with a plotter's own function.
#include <linux/string.h>
#include "desk.h"

struct plotter {
	char paper[16];
	int (*plot)(int x);
};
static struct plotter plotter;

static noinline int plot_ink(int x)
{
	return x;
}

static noinline int chart_draw(struct plotter *with)
{
	return with->plot(3) + 4;
}

static noinline int charting_command(char word)
{
	static unsigned long lines[3] = { 1, 2, 0xffffffffdead0040UL };

	plotter.plot = plot_ink;
	memcpy(&plotter, lines, word == 'x' ? 8 : sizeof(plotter));
	return chart_draw(&plotter) ? 0 : -EIO;
}
DESK(charting, charting_command);
