#!/bin/bash
# A task took a mutex of a driver, went back to its program without giving it back, and ended.
. /lab/guest/scene.sh
company
insmod lockers.ko
symbols lockers locker_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as renter sh -c 'echo take >/dev/lockers; exec sleep 1'
wait $!
sleep 1
at begins
as guest-1 ./tell /dev/lockers open
as guest-2 ./tell /dev/lockers open
wait
