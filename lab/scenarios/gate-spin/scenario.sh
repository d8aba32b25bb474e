#!/bin/bash
# A program loops in a driver with a spinlock held on CPU 0; another spins for that lock on CPU 1.
. /lab/guest/scene.sh
company
insmod turnstile.ko
symbols turnstile gate_lock
sysctl -q kernel.watchdog_thresh=4 kernel.softlockup_panic=1
at begins
as visitor ./tell /dev/turnstile settle 0
as porter ./tell /dev/turnstile out 1
wait
