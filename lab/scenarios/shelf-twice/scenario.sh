#!/bin/bash
# A driver takes an entry off a list twice; the check of lists finds it.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod shelving.ko
at begins
as reader ./tell /dev/shelving lend 1
wait
