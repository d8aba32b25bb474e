// SPDX-License-Identifier: GPL-2.0
// etching: a plate that nobody may change, and a line that is changed on it.
#include "desk.h"

static const char plate[] = "do not touch this plate";

static noinline int etch_line(char *at, char word)
{
	at[4] = word;
	return 0;
}

static int etching_command(char word)
{
	return etch_line((char *)plate, word);
}
DESK(etching, etching_command);
