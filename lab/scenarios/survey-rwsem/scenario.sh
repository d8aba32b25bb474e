#!/bin/bash
# A reader sleeps for ever with an rwsem held; a writer waits behind it, and readers behind the writer.
. /lab/guest/scene.sh
company
insmod landmap.ko
symbols landmap map_sem
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as surveyor ./tell /dev/landmap survey
sleep 1
at blocked
as registrar ./tell /dev/landmap change
sleep 0.3
as viewer-1 ./tell /dev/landmap read
as viewer-2 ./tell /dev/landmap read
sleep 2
observe
wait
