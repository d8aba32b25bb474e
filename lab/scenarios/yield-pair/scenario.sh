#!/bin/bash
# Two FIFO programs of one priority hand CPU 1 to each other, and never to anybody else.
. /lab/guest/scene.sh
company
no_throttling
taskset -c 1 bash -c 'while :; do read -r l </proc/loadavg; sleep 0.4; done' &
taskset -p -c 0 $$ >/dev/null
sleep 2
at begins
as tandem-1 ./tandem
as tandem-2 ./tandem
sleep 16
observe
crash_by_hand
