#!/bin/bash
# A driver sleeps for ever with an rt_mutex held; two wait for it, one of them in real time.
. /lab/guest/scene.sh
company
insmod gantries.ko
symbols gantries beam_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as hoist ./tell /dev/gantries hoist
sleep 1
at begins
as trolley-1 ./tell /dev/gantries move
as trolley-2 chrt -f 20 ./tell /dev/gantries move
sleep 2
observe
wait
