#!/bin/bash
# A driver calls through a function pointer that is NULL.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod pumps.ko
at begins
as warden ./tell /dev/pumps stop 1
wait
