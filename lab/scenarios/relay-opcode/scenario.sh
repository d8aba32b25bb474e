#!/bin/bash
# A driver runs into an instruction that no processor knows.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod relaybox.ko
sleep 2
at begins
as relayd ./tell /dev/relaybox switch
wait
