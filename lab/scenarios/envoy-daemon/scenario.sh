#!/bin/bash
# A driver waits, with a mutex held, for an answer of its daemon, which was stopped by a signal; others wait for the mutex.
. /lab/guest/scene.sh
company
insmod envoys.ko
symbols envoys pouch_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as envoyd dd if=/dev/envoys of=/dev/null bs=1 status=none
daemon=$!
sleep 1
kill -STOP $daemon
at begins
as consul ./tell /dev/envoys send
sleep 1
as attache-1 ./tell /dev/envoys note
as attache-2 ./tell /dev/envoys note
sleep 2
observe
wait
