#!/bin/bash
# A driver faults with a mutex held; whoever wants that mutex later waits for ever, and the hung-task detector panics.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=0 kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
insmod strongroom.ko
symbols strongroom vault_lock
sleep 1
at begins
as auditor ./tell /dev/strongroom audit
sleep 2
as teller-1 ./tell /dev/strongroom draw
as teller-2 ./tell /dev/strongroom draw
wait
