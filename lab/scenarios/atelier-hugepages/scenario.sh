#!/bin/bash
# Nearly all memory was set aside for huge pages that nobody uses; a modest program finds none left, and the machine panics.
. /lab/guest/scene.sh
company
sysctl -q vm.panic_on_oom=2
sync; echo 3 >/proc/sys/vm/drop_caches
sysctl -q vm.nr_hugepages=200
grep -i huge /proc/meminfo
at begins
as painter bash -c 'x=0123456789abcdef; while [ ${#x} -lt 30000000 ]; do x=$x$x; done; sleep 1000'
sleep 4
as sculptor bash -c 'x=0123456789abcdef; while [ ${#x} -lt 30000000 ]; do x=$x$x; done; sleep 1000'
sleep 3
observe
as gilder bash -c 'x=0123456789abcdef; while [ ${#x} -lt 60000000 ]; do x=$x$x; done; sleep 1000'
wait
