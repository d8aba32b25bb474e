#!/bin/bash
# A CPU loops with interrupts off; another waits for its answer to a call, and is blamed by the watchdog.
. /lab/guest/scene.sh
taskset -p -c 0 $$ >/dev/null
company
insmod cranectl.ko
sysctl -q kernel.watchdog_thresh=4 kernel.softlockup_panic=1
sleep 1
at begins
as hoister ./tell /dev/cranectl hoist 1
sleep 1
as balancer ./tell /dev/cranectl balance 0
wait
