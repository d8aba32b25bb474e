#!/bin/bash
# A list of a driver runs in a circle; who looks something up in it under RCU never ends, and the RCU stall detector panics.
. /lab/guest/scene.sh
company
insmod carousel.ko
sysctl -q kernel.panic_on_rcu_stall=1 kernel.watchdog=0
echo 8 >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
sleep 1
at begins
as ticketer ./tell /dev/carousel find 1
sleep 1
as dismantler ./tell /dev/carousel take 0
wait
