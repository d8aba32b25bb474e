#!/bin/bash
# A driver keeps what it allocates, until the memory is full of it and the machine panics.
. /lab/guest/scene.sh
company
sysctl -q vm.panic_on_oom=2
insmod journal.ko
at begins
as diarist ./tell /dev/journal keep 1
wait
