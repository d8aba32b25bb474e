#!/bin/bash
# A page fault never ends in a driver, with the memory map of the program read-locked; a thread that maps more waits, and who looks at the program from outside.
. /lab/guest/scene.sh
company
insmod viewing.ko
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
at begins
as viewer ./viewer
viewer=$!
sleep 3
as auditor cat /proc/$viewer/maps
as auditor-2 cat /proc/$viewer/maps
sleep 2
observe
wait
