#!/bin/bash
# A driver follows a pointer that a name had been written over.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod routes.ko
at begins
as driver ./tell /dev/routes load 1
wait
