#!/bin/bash
# A driver takes a mutex that it already has: a task waits for itself.
. /lab/guest/scene.sh
company
insmod ovenctl.ko
symbols ovenctl oven_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
sleep 1
at begins
as baker ./tell /dev/ovenctl bake
wait
