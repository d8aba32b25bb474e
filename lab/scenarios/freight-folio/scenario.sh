#!/bin/bash
# A task waits for a page that somebody locked and never unlocked.
. /lab/guest/scene.sh
company
insmod freight.ko
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as loader ./tell /dev/freight load
sleep 1
at begins
as checker ./tell /dev/freight check
wait
