#!/bin/bash
# A driver goes on from a list entry that was taken off: the list poison is followed.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod stacking.ko
at begins
as packer ./tell /dev/stacking weigh 1
wait
