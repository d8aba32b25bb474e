#!/bin/bash
# A work item of a driver faults, and with it ends the worker; a program waits for that work for ever.
. /lab/guest/scene.sh
company
insmod refining.ko
sleep 1
at begins
as refiner ./tell /dev/refining go
sleep 16
observe
crash_by_hand
