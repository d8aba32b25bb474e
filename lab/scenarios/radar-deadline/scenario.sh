#!/bin/bash
# A deadline program whose budget is its whole period never lets go of its CPU.
. /lab/guest/scene.sh
company
no_throttling
sleep 2
taskset -c 1 bash -c 'while :; do read -r l </proc/loadavg; sleep 0.5; done' &
taskset -p -c 0 $$ >/dev/null
sleep 1
at begins
as radard ./radar
sleep 16
observe
crash_by_hand
