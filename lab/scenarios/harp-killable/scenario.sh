#!/bin/bash
# Two programs take two mutexes of a driver in opposite order, killably, so that the hung-task detector does not see them.
. /lab/guest/scene.sh
company
insmod strings.ko
symbols strings treble bass
sleep 1
at begins
as harpist ./tell /dev/strings up
sleep 0.2
as luthier ./tell /dev/strings down
sleep 16
observe
crash_by_hand
