#!/bin/bash
# A FIFO loop in a PID and mount namespace of its own keeps CPU 1.
. /lab/guest/scene.sh
company
no_throttling
taskset -c 1 bash -c 'while :; do read -r l </proc/loadavg; sleep 0.4; done' &
taskset -p -c 0 $$ >/dev/null
sleep 2
at begins
cp ./spin /run/bin/cabinctl 2>/dev/null || { mkdir -p /run/bin; cp ./spin /run/bin/cabinctl; }
unshare --pid --fork --mount-proc /run/bin/cabinctl -c 1 -f 20 &
sleep 1
truth pid.cabinctl $(pgrep -x cabinctl)
sleep 15
observe
crash_by_hand
