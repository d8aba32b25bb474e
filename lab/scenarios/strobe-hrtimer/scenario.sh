#!/bin/bash
# The function of a high-resolution timer loops for ever, in interrupt context; the RCU stall detector panics.
. /lab/guest/scene.sh
taskset -p -c 0 $$ >/dev/null
company
sysctl -q kernel.watchdog=0 kernel.panic_on_rcu_stall=1
echo 6 >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
sleep 1
at begins
insmod strobe.ko
wait
