#!/bin/bash
# A driver polls a machine that never gets ready, with a mutex held and a nap after each look; two wait for the mutex.
. /lab/guest/scene.sh
company
insmod minting.ko
symbols minting press_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
at begins
as minter ./tell /dev/minting mint
sleep 1
at blocked
as assayer-1 ./tell /dev/minting assay
as assayer-2 ./tell /dev/minting assay
sleep 2
observe
wait
