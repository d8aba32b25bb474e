#!/bin/bash
# A disk takes many seconds for each request, and the hung-task detector panics the machine for a program that waits.
. /lab/guest/scene.sh
company
for d in /sys/block/vd*; do [ "$(cat $d/serial)" = cellar ] && dev=/dev/${d##*/}; done
sysctl -q kernel.hung_task_timeout_secs=10 kernel.hung_task_panic=1
lab-sync slow
at begins
as vintner dd if=/dev/zero of=$dev bs=1M count=20 oflag=direct
sleep 1
as taster dd if=$dev of=/dev/null bs=64k count=100 iflag=direct
wait
