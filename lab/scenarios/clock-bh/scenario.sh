#!/bin/bash
# A timer takes a spinlock that the task it interrupted holds: the lock was taken with softirqs on.
. /lab/guest/scene.sh
company
insmod chime.ko
symbols chime chime_lock
sysctl -q kernel.watchdog_thresh=4 kernel.softlockup_panic=1
sleep 1
at begins
as ringer ./tell /dev/chime ring 1
wait
