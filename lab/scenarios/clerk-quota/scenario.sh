#!/bin/bash
# A program is throttled to 1% of a CPU by its group while it holds a lock; others wait for the lock.
. /lab/guest/scene.sh
company
mkdir -p /tmp/cg
mount -t cgroup2 none /tmp/cg 2>/dev/null
echo +cpu >/tmp/cg/cgroup.subtree_control
mkdir /tmp/cg/office
echo '1000 100000' >/tmp/cg/office/cpu.max
at begins
as clerk ./clerk
echo $! >/tmp/cg/office/cgroup.procs
# With so little of a CPU it takes a while until it has the lock.
while flock -n /tmp/register.lock true; do sleep 0.2; done
as public-1 flock /tmp/register.lock true
as public-2 flock /tmp/register.lock true
sleep 20
cat /tmp/cg/office/cpu.stat
crash_by_hand
