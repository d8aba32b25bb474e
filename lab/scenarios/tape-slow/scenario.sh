#!/bin/bash
# A disk takes many seconds for each request; a program that writes to it is in D state most of the time.
. /lab/guest/scene.sh
company
for d in /sys/block/vd*; do [ "$(cat $d/serial)" = tape ] && dev=/dev/${d##*/}; done
echo none >/sys/block/${dev##*/}/queue/scheduler
lab-sync slow
at begins
as archiver dd if=/dev/zero of=$dev bs=64k count=100 oflag=direct
sleep 40
observe
until [ "$(awk '/^State/{print $2}' /proc/$(pgrep -x archiver)/status)" = D ]; do :; done
crash_by_hand
