#!/bin/bash
# A kernel thread loops inside an RCU read-side section; the RCU stall detector panics the machine.
. /lab/guest/scene.sh
taskset -p -c 0 $$ >/dev/null
company
sysctl -q kernel.watchdog=0 kernel.panic_on_rcu_stall=1
echo 6 >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
at begins
insmod sonar.ko
truth pid.sonar "$(pgrep -x sonar_rx)"
wait
