#!/bin/bash
# A segment of System V shared memory that no program is attached to takes all memory; the machine panics.
. /lab/guest/scene.sh
company
sysctl -q vm.panic_on_oom=2 kernel.shmmax=400000000 kernel.shmall=200000
at begins
as stager ./stager
wait
