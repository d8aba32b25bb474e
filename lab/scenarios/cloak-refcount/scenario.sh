#!/bin/bash
# A driver takes a reference to something that has none left; refcount warns, and the machine is set to panic on warnings.
. /lab/guest/scene.sh
company
insmod cloaks.ko
sysctl -q kernel.panic_on_warn=1
sleep 1
at begins
as cloakroom ./tell /dev/cloaks hang
wait
