#!/bin/bash
# A driver calls into memory that is only data.
. /lab/guest/scene.sh
company
insmod loading.ko
sysctl -q kernel.panic_on_oops=1
sleep 1
at begins
as stevedore ./tell /dev/loading go
wait
