#!/bin/bash
# A driver warns, and the machine is set to panic on warnings.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_warn=1
insmod valves.ko
at begins
as plumber ./tell /dev/valves open 1
wait
