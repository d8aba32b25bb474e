#!/bin/bash
# A driver’s own check fails: BUG_ON.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod ledger.ko
at begins
as bookkeeper ./tell /dev/ledger book 1
wait
