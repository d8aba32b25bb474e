#!/bin/bash
# The hung-task detector complained of a program that then went on; a dump is asked for later, when nothing is wrong.
. /lab/guest/scene.sh
company
sysctl -q kernel.hung_task_timeout_secs=5 kernel.hung_task_panic=0
insmod canal.ko
at begins
as freighter ./tell /dev/canal fill
sleep 26
observe
crash_by_hand
