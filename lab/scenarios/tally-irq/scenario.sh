#!/bin/bash
# A driver’s high-resolution timer finds its own state to be wrong (BUG), in an interrupt upon a program that has nothing to do with it.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
taskset -p -c 0 $$ >/dev/null
as painter-7 ./spin -c 1
sleep 1
at begins
insmod tallying.ko
wait
