#!/bin/bash
# A program sleeps in a driver with a mutex held, for an event that never comes; two wait behind it.
. /lab/guest/scene.sh
company
insmod coldstore.ko
symbols coldstore door_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as stocker ./tell /dev/coldstore stock
sleep 1
at blocked
as counter-1 ./tell /dev/coldstore count
as counter-2 ./tell /dev/coldstore count
sleep 2
observe
wait
