#!/bin/bash
# A driver’s function calls itself until the kernel stack is used up.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod hedge.ko
at begins
as gardener ./tell /dev/hedge count 1
wait
