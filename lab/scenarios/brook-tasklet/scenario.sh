#!/bin/bash
# A tasklet of a driver schedules itself again and again: a CPU has no time for much else, but everything goes on.
. /lab/guest/scene.sh
company
taskset -p -c 1 $$ >/dev/null
at begins
insmod brooks.ko
taskset -p -c 0-1 $$ >/dev/null
sleep 14
observe
crash_by_hand
