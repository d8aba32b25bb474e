#!/bin/bash
# A driver follows a pointer of a program as if it were its own.
. /lab/guest/scene.sh
company
insmod ushering.ko
sysctl -q kernel.panic_on_oops=1
sleep 1
at begins
as visitor ./tell /dev/ushering go
wait
