#!/bin/bash
# Programs that together need more memory than there is change it all over: they mostly wait for pages from swap.
. /lab/guest/scene.sh
company
for d in /sys/block/vd*; do [ "$(cat $d/serial)" = swap ] && dev=/dev/${d##*/}; done
mkswap $dev >/dev/null
swapon $dev
at begins
as catalog-1 ./catalog 140
as catalog-2 ./catalog 140
sleep 40
cat /proc/pressure/memory /proc/swaps /proc/meminfo
grep -E 'pswp|refault|majfault|allocstall|scan_(direct|kswapd)|steal_(direct|kswapd) ' /proc/vmstat
observe
crash_by_hand
