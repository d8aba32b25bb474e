#!/bin/bash
# A driver takes a spinlock that it has, with interrupts off; the other CPU finds by RCU that the first has stopped.
. /lab/guest/scene.sh
taskset -p -c 0 $$ >/dev/null
company
insmod latches.ko
symbols latches latch_lock
sysctl -q kernel.panic_on_rcu_stall=1 kernel.watchdog=0
echo 8 >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
for irq in /proc/irq/*/smp_affinity; do echo 1 >$irq; done 2>/dev/null
sleep 1
at begins
as doorman ./tell /dev/latches open 1
wait
