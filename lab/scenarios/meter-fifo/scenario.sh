#!/bin/bash
# A FIFO program keeps CPU 1 of two for itself; an ordinary program that may run only there starves.
. /lab/guest/scene.sh
company
no_throttling
taskset -c 1 nice -n 0 bash -c 'while :; do read -r l </proc/loadavg; sleep 0.5; done' &
truth pid.starved $!
sleep 3
as meterd ./spin -c 1 -f 80
sleep 14
taskset -p -c 0 $$ >/dev/null
observe
crash_by_hand
