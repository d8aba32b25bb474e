#!/bin/bash
# A program waits in a driver for a completion that nobody will ever complete.
. /lab/guest/scene.sh
company
insmod press.ko
symbols press sheet_done
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
sleep 1
at begins
as printerd ./tell /dev/press print
wait
