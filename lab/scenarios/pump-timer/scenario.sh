#!/bin/bash
# A timer's function loops for ever (softirq on CPU 1); the soft lock-up detector panics the machine.
. /lab/guest/scene.sh
company
sysctl -q kernel.watchdog_thresh=4 kernel.softlockup_panic=1
at begins
insmod pumpctl.ko
wait
