#!/bin/bash
# A driver fills memory by vmalloc() and keeps it; the machine panics when there is none left.
. /lab/guest/scene.sh
company
sysctl -q vm.panic_on_oom=2
insmod granary.ko
at begins
as granger ./tell /dev/granary store
wait
