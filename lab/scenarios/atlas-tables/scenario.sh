#!/bin/bash
# A program maps one page a hundred thousand times; the tables of its pages take the memory, and the machine panics.
. /lab/guest/scene.sh
company
sysctl -q vm.panic_on_oom=2 vm.overcommit_memory=1
at begins
as atlas ./atlas
wait
