#!/bin/bash
# One program changes more memory than there is, all over; a small one beside it hardly gets on, though the swap disk is fast.
. /lab/guest/scene.sh
company
for d in /sys/block/vd*; do [ "$(cat $d/serial)" = swap ] && dev=/dev/${d##*/}; done
mkswap $dev >/dev/null
swapon $dev
as frontdesk ./reporter 8
at begins
as reporter ./reporter 300
sleep 40
cat /proc/pressure/memory /proc/swaps /proc/meminfo
observe
crash_by_hand
