// SPDX-License-Identifier: GPL-2.0
// gridding: a grid of points, which was never made.
#include "desk.h"

struct point {
	long x, y, z, t;
};
static struct point *grid;
static int row = 9000;

static noinline int grid_point(int at)
{
	grid[at].z = grid[at].x + 1;
	return 0;
}

static int gridding_command(char word)
{
	return grid_point(READ_ONCE(row));
}
DESK(gridding, gridding_command);
