#!/bin/bash
# A driver faults and the machine goes on; seconds later somebody asks for a crash.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=0
insmod tariffs.ko
at begins
as conductor ./tell /dev/tariffs price 1
sleep 4
crash_by_hand
