#!/bin/bash
# A FIFO program polls a device without ever sleeping: a loop that spends its time in system calls.
. /lab/guest/scene.sh
company
no_throttling
taskset -c 1 bash -c 'while :; do read -r l </proc/loadavg; sleep 0.5; done' &
truth pid.starved $!
sleep 3
as pollerd ./poll
sleep 14
taskset -p -c 0 $$ >/dev/null
observe
crash_by_hand
