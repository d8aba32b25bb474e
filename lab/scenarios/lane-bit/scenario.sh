#!/bin/bash
# A task waits for a bit lock that was set and never cleared.
. /lab/guest/scene.sh
company
insmod laneworks.ko
symbols laneworks lane_flags
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as digger ./tell /dev/laneworks dig
sleep 1
at begins
as paver ./tell /dev/laneworks pave
wait
