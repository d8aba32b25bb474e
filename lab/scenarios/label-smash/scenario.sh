#!/bin/bash
# A driver writes behind a buffer on its stack; the stack protector finds it.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod labels.ko
at begins
as printer ./tell /dev/labels print 1
wait
