#!/bin/bash
# The daemon of a file system in user space takes a request and never answers it; who asks for a file waits.
. /lab/guest/scene.sh
company
modprobe -b fuse
mkdir /tmp/mirror
sleep 1
at begins
as mirrord ./mirror
sleep 2
as beholder ls /tmp/mirror/glass
as beholder-2 stat /tmp/mirror/frame
sleep 15
observe
crash_by_hand
