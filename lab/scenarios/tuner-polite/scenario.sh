#!/bin/bash
# A task loops in a driver with a mutex held and lets itself be preempted; two others wait for the mutex.
. /lab/guest/scene.sh
company
insmod tunerd.ko
symbols tunerd band_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
sleep 1
at begins
as tuner ./tell /dev/tunerd scan
sleep 1
as listener-1 ./tell /dev/tunerd listen
as listener-2 ./tell /dev/tunerd listen
wait
