#!/bin/bash
# A device-mapper disk was suspended and never resumed; programs that use it wait, and the hung-task detector panics.
. /lab/guest/scene.sh
company
modprobe dm_mod; modprobe loop; modprobe ext4
truncate -s 40M /tmp/moor.img
loop=$(losetup -f --show /tmp/moor.img)
dmsetup create moor --table "0 $(blockdev --getsz $loop) linear $loop 0" || dmsetup create moor --noudevsync --table "0 $(blockdev --getsz $loop) linear $loop 0"
dmsetup mknodes
mke2fs -q -F /dev/mapper/moor
mkdir /tmp/moor; mount /dev/mapper/moor /tmp/moor
dd if=/dev/zero of=/tmp/moor/peat bs=64k count=10 status=none; sync
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
dmsetup suspend --nolockfs --noudevsync moor
at begins
as cutter dd if=/dev/zero of=/tmp/moor/turf bs=64k count=20 conv=fsync status=none
sleep 1
as carter sync
sleep 3
observe
wait
