#!/bin/bash
# A FIFO program keeps CPU 1 and starves its kworker, on which a program waits in the kernel; which the hung-task detector may find.
. /lab/guest/scene.sh
company
no_throttling
sysctl -q kernel.hung_task_timeout_secs=10 kernel.hung_task_panic=1
taskset -p -c 0 $$ >/dev/null
sleep 2
at begins
as sluicer ./spin -c 1 -f 15
sleep 1
at blocked
as gardener bash -c 'while :; do dd if=/dev/zero of=/tmp/pond bs=64k count=16 status=none; echo 1 >/proc/sys/vm/compact_memory; sleep 0.1; done'
sleep 24
crash_by_hand
