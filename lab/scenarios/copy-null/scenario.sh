#!/bin/bash
# A driver copies from NULL: the fault is in memcpy(), which everyone calls.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod badges.ko
at begins
as porter ./tell /dev/badges print 1
wait
