#!/bin/bash
# Very many small processes take the memory together; the machine panics when there is none left.
. /lab/guest/scene.sh
company
sysctl -q vm.panic_on_oom=2
at begins
as queen ./queen
wait
