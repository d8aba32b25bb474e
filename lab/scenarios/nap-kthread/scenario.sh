#!/bin/bash
# A thread of a driver sleeps uninterruptibly for a minute at a time, as it means to.
. /lab/guest/scene.sh
company
sysctl -q kernel.hung_task_timeout_secs=0
insmod tides.ko
sleep 20
observe
crash_by_hand
