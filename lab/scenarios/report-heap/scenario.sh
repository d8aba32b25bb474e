#!/bin/bash
# A program eats the memory; the machine is set to panic when there is none left.
. /lab/guest/scene.sh
company
sysctl -q vm.panic_on_oom=2
at begins
as reporter bash -c 'x=0123456789abcdef; while :; do x=$x$x; done'
wait
