#!/bin/bash
# Files in a tmpfs take all memory and no program is large; the machine panics when memory runs out.
. /lab/guest/scene.sh
company
sysctl -q vm.panic_on_oom=2
mount -t tmpfs -o size=4G spool /dev/shm
sleep 2
at begins
for n in $(seq 400); do dd if=/dev/zero of=/dev/shm/page.$n bs=64k count=64 status=none; done
wait
