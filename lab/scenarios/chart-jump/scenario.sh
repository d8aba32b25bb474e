#!/bin/bash
# A driver calls through a pointer over which a chart was copied: far away in the kernel, where nothing is.
. /lab/guest/scene.sh
company
insmod charting.ko
sysctl -q kernel.panic_on_oops=1
sleep 1
at begins
as cartograph ./tell /dev/charting go
wait
