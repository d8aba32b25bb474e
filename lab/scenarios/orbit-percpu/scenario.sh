#!/bin/bash
# A reader of a driver’s per-CPU rwsem sleeps for ever; a writer waits for the readers, and new readers behind it.
. /lab/guest/scene.sh
company
insmod orbits.ko
symbols orbits track_sem
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as watcher ./tell /dev/orbits watch
sleep 1
at begins
as shifter ./tell /dev/orbits shift
sleep 1
as looker-1 ./tell /dev/orbits look
as looker-2 ./tell /dev/orbits look
sleep 2
observe
wait
