#!/bin/bash
# A driver divides by zero.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod ratios.ko
at begins
as painter ./tell /dev/ratios mix 1
wait
