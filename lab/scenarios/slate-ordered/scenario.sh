#!/bin/bash
# A work item waits for another of the same ordered queue, which cannot begin before the first has ended.
. /lab/guest/scene.sh
company
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
sleep 1
at begins
insmod slates.ko
sleep 3
observe
wait
