#!/bin/bash
# A machine that has put some of its memory into swap, and goes on well.
. /lab/guest/scene.sh
company
for d in /sys/block/vd*; do [ "$(cat $d/serial)" = swap ] && dev=/dev/${d##*/}; done
mkswap $dev >/dev/null
swapon $dev
as album ./album 220
sleep 20
cat /proc/swaps
observe
crash_by_hand
