#!/bin/bash
# A program that holds a file lock was frozen with its control group; two others wait for the lock.
. /lab/guest/scene.sh
company
mkdir -p /tmp/cg
mount -t cgroup2 none /tmp/cg 2>/dev/null
mkdir /tmp/cg/orchard
as picker ./picker
echo $! >/tmp/cg/orchard/cgroup.procs
sleep 3
at begins
echo 1 >/tmp/cg/orchard/cgroup.freeze
sleep 1
as basket-1 flock /tmp/ladder true
as basket-2 flock /tmp/ladder true
sleep 15
cat /tmp/cg/orchard/cgroup.events
crash_by_hand
