#!/bin/bash
# Two programs send data over the loopback network as fast as they can.
. /lab/guest/scene.sh
company
as feed-in busybox nc -l -p 7007 >/dev/null
sleep 1
as feed-out busybox nc 127.0.0.1 7007 </dev/zero >/dev/null
sleep 14
observe
crash_by_hand
