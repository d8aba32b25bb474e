#!/bin/bash
# The daemon that feeds the software watchdog is caught in a ring of two file locks; softdog panics.
. /lab/guest/scene.sh
company
modprobe softdog soft_margin=12 soft_panic=1
sleep 2
at begins
as herald ./herald banner trumpet /dev/watchdog
as page ./herald trumpet banner /dev/null
sleep 6
observe
wait
