#!/bin/bash
# A driver is removed while its timer still runs: the timer’s function is no longer there when it is called.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod attics.ko
sleep 1
at begins
rmmod attics
as cleaner sleep 1000
wait
