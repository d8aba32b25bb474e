#!/bin/bash
# A driver has an array on its stack that is larger than what is left of it.
. /lab/guest/scene.sh
company
insmod rulers.ko
sysctl -q kernel.panic_on_oops=1
sleep 1
at begins
as surveyor ./tell /dev/rulers go
wait
