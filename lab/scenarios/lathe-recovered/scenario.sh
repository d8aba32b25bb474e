#!/bin/bash
# The soft lock-up detector complained of a driver that then came to an end; a dump is asked for later, when nothing is wrong.
. /lab/guest/scene.sh
company
sysctl -q kernel.watchdog_thresh=3 kernel.softlockup_panic=0
insmod lathes.ko
at begins
as turner ./tell /dev/lathes turn 1
sleep 28
observe
crash_by_hand
