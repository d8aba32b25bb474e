#!/bin/bash
# A copy of a disk larger than memory has filled the page cache; the kernel frees of it as it goes.
. /lab/guest/scene.sh
company
for d in /sys/block/vd*; do [ "$(cat $d/serial)" = mirror ] && dev=/dev/${d##*/}; done
as mirror bash -c "while :; do dd if=$dev of=/dev/null bs=64k status=none; done"
as clerk bash -c 'while :; do read -r l </proc/loadavg; sleep 0.2; done'
sleep 14
cat /proc/pressure/memory /proc/meminfo
observe
crash_by_hand
