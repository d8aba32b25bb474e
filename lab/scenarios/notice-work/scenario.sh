#!/bin/bash
# A work item of a driver has a small number for its function, and the kernel’s worker calls it.
. /lab/guest/scene.sh
company
insmod notices.ko
sysctl -q kernel.panic_on_oops=1
sleep 1
at begins
as clerk-4 ./tell /dev/notices go
wait
