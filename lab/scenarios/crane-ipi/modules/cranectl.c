// SPDX-License-Identifier: GPL-2.0
// cranectl: hoists with interrupts off, and asks all CPUs to balance.
#include <linux/irqflags.h>
#include <linux/smp.h>
#include "desk.h"

static unsigned int height;

static noinline void crane_hoist(void)
{
	unsigned long flags;

	local_irq_save(flags);
	while (READ_ONCE(height) != 1)
		cpu_relax();
	local_irq_restore(flags);
}

static void crane_weigh(void *unused)
{
}

static noinline void crane_balance(void)
{
	smp_call_function(crane_weigh, NULL, 1);
}

static int cranectl_command(char word)
{
	if (word == 'h')
		crane_hoist();
	else
		crane_balance();
	return 0;
}
DESK(cranectl, cranectl_command);
