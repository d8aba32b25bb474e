#!/bin/bash
# A driver faults with a mutex held; whoever wants that mutex later waits for ever.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=0
insmod strongroom.ko
symbols strongroom vault_lock
sleep 1
at begins
as auditor ./tell /dev/strongroom audit
sleep 2
as teller-1 ./tell /dev/strongroom draw
as teller-2 ./tell /dev/strongroom draw
sleep 18
crash_by_hand
