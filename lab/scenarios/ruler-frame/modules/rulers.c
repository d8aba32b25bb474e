// SPDX-License-Identifier: GPL-2.0
// rulers: measures with a table on the stack.
#include <linux/string.h>
#include "desk.h"

static noinline long ruler_sum(const long *marks, int n)
{
	long sum = 0;

	while (n--)
		sum += marks[n];
	return sum;
}

static noinline int ruler_measure(char word)
{
	long marks[1960];

	memset(marks, word, sizeof(marks));
	return ruler_sum(marks, 1960) ? 0 : -EIO;
}
DESK(rulers, ruler_measure);
