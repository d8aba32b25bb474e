#!/bin/bash
# A real-time thread of a driver never rests, but lets itself be preempted: nothing ordinary runs on its CPU any more.
. /lab/guest/scene.sh
company
no_throttling
taskset -c 1 bash -c 'while :; do read -r l </proc/loadavg; sleep 0.4; done' &
taskset -p -c 0 $$ >/dev/null
sleep 2
at begins
insmod kilns.ko
sleep 16
observe
crash_by_hand
