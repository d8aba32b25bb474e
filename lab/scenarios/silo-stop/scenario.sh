#!/bin/bash
# A driver is to be removed and waits for its thread to end, which waits for grain and never looks whether it should.
. /lab/guest/scene.sh
company
insmod silos.ko
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
sleep 2
at begins
rmmod silos &
truth pid.farmer $!
sleep 3
observe
wait
