#!/bin/bash
# The last unit of a semaphore was taken and never given back; two tasks wait for it.
. /lab/guest/scene.sh
company
insmod baydoor.ko
symbols baydoor bay_sem
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as parker ./tell /dev/baydoor park
sleep 1
at begins
as truck-1 ./tell /dev/baydoor enter
as truck-2 ./tell /dev/baydoor enter
wait
