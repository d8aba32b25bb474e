#!/bin/bash
# A program has a quota of CPU time, as containers do, and is throttled as intended.
. /lab/guest/scene.sh
company
mkdir -p /tmp/cg
mount -t cgroup2 none /tmp/cg 2>/dev/null
echo +cpu >/tmp/cg/cgroup.subtree_control
mkdir /tmp/cg/build
echo '40000 100000' >/tmp/cg/build/cpu.max
as builder ./spin
echo $! >/tmp/cg/build/cgroup.procs
sleep 14
cat /tmp/cg/build/cpu.stat
observe
crash_by_hand
