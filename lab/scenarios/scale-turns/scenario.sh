#!/bin/bash
# Three round-robin programs of one priority take turns on CPU 1 and leave nothing to anybody else.
. /lab/guest/scene.sh
company
no_throttling
taskset -c 1 bash -c 'while :; do read -r l </proc/loadavg; sleep 0.5; done' &
truth pid.starved $!
sleep 3
as scale-a ./spin -r 40 -c 1
as scale-b ./spin -r 40 -c 1
as scale-c ./spin -r 40 -c 1
sleep 16
taskset -p -c 0 $$ >/dev/null
observe
crash_by_hand
