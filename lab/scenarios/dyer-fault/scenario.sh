#!/bin/bash
# A driver copies from a program’s memory with a mutex held; the page is for another thread of that program to bring, which waits for the mutex.
. /lab/guest/scene.sh
company
insmod dyeing.ko
symbols dyeing vat_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
at begins
as dyer ./dyer
sleep 4
observe
wait
