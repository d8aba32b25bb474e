#!/bin/bash
# A driver has no table (NULL) and takes its nine-thousandth entry.
. /lab/guest/scene.sh
company
insmod gridding.ko
sysctl -q kernel.panic_on_oops=1
sleep 1
at begins
as plotter-2 ./tell /dev/gridding go
wait
