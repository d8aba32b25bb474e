#!/bin/bash
# Two programs take two spinlocks of a driver in opposite order, on two CPUs.
. /lab/guest/scene.sh
company
insmod railyard.ko
symbols railyard signal_lock points_lock
sysctl -q kernel.watchdog_thresh=4 kernel.softlockup_panic=1
sleep 1
at begins
as signaller ./tell /dev/railyard signal 0
as switcher ./tell /dev/railyard points 1
wait
