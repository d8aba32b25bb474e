#!/bin/bash
# A real-time program waits for a mutex of an ordinary thread, which a real-time program between them keeps from running.
. /lab/guest/scene.sh
company
no_throttling
as rover ./rover
rover=$!
sleep 2
taskset -p -c 0 $$ >/dev/null
at begins
as antenna ./spin -c 1 -f 30
sleep 16
observe
crash_by_hand
