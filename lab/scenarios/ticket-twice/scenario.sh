#!/bin/bash
# A driver frees an object twice.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod tickets.ko
at begins
as usher ./tell /dev/tickets back 1
wait
