#!/bin/bash
# On a machine of four CPUs, one is taken by a real-time program; the other three are well.
. /lab/guest/scene.sh
company
no_throttling
taskset -c 3 bash -c 'while :; do read -r l </proc/loadavg; sleep 0.3; done' &
truth pid.starved $!
taskset -p -c 0-2 $$ >/dev/null
as render-1 ./spin -c 0
sleep 2
at begins
as probed ./spin -c 3 -r 30
sleep 16
crash_by_hand
