#!/bin/bash
# A driver writes to what it has declared constant.
. /lab/guest/scene.sh
company
insmod etching.ko
sysctl -q kernel.panic_on_oops=1
sleep 1
at begins
as engraver ./tell /dev/etching go
wait
