#!/bin/bash
# A driver writes past what it allocated; the slab allocator’s checks report it, and the machine goes on until a dump is asked for.
. /lab/guest/scene.sh
company
insmod jars.ko
sleep 1
at begins
as jam-maker ./tell /dev/jars fill
sleep 8
crash_by_hand
