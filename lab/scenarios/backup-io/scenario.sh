#!/bin/bash
# Programs write to a disk and wait for it, again and again, and the disk answers.
. /lab/guest/scene.sh
company
for d in /sys/block/vd*; do [ "$(cat $d/serial)" = store ] && dev=/dev/${d##*/}; done
mkfs.ext4 -q $dev
mkdir -p /tmp/store
mount $dev /tmp/store
as archive-1 bash -c 'while :; do dd if=/dev/zero of=/tmp/store/a bs=16k count=64 oflag=sync status=none; done'
as archive-2 bash -c 'while :; do dd if=/dev/zero of=/tmp/store/b bs=64k count=32 conv=fsync status=none; done'
sleep 14
observe
crash_by_hand
