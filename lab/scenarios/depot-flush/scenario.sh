#!/bin/bash
# A task flushes a work item with a mutex held that the work item itself waits for.
. /lab/guest/scene.sh
company
insmod depot.ko
symbols depot depot_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
sleep 1
at begins
as stocktaker ./tell /dev/depot close
wait
