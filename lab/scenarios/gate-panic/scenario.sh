#!/bin/bash
# A driver calls panic() itself.
. /lab/guest/scene.sh
company
insmod barrier.ko
at begins
as guard ./tell /dev/barrier check 1
wait
