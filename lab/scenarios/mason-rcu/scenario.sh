#!/bin/bash
# Two real-time programs keep both CPUs, the thread of RCU among the starved; whose stall detector panics.
. /lab/guest/scene.sh
company
no_throttling
sysctl -q kernel.panic_on_rcu_stall=1
echo 8 >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
as ledgerd ./ledger
sleep 3
chrt -f -p 90 $$
at begins
as mason-1 ./spin -c 1 -f 10
sleep 0.3
as mason-2 ./spin -c 0 -f 10
sleep 25
crash_by_hand
