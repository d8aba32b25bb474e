#!/bin/bash
# A program has more than its control group may have, and is killed and started again; the machine is well.
. /lab/guest/scene.sh
company
mkdir -p /tmp/cg
mount -t cgroup2 none /tmp/cg 2>/dev/null
echo +memory >/tmp/cg/cgroup.subtree_control
mkdir /tmp/cg/tenant
echo 24M >/tmp/cg/tenant/memory.max
at begins
for i in 1 2 3; do
    as tenant ./lodger
    echo $! >/tmp/cg/tenant/cgroup.procs
    wait $!
done
sleep 8
cat /tmp/cg/tenant/memory.events
crash_by_hand
