#!/bin/bash
# Two kernel threads take two mutexes in opposite order; the hung-task detector panics the machine.
. /lab/guest/scene.sh
company
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
insmod harbour.ko
at insmod
symbols harbour berth_lock crane_lock
sleep 3
truth pid.plan "$(pgrep -x berth_plan)"
truth pid.load "$(pgrep -x berth_load)"
observe
wait
