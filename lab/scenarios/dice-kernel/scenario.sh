#!/bin/bash
# Two programs spend all their time in long system calls, each of which ends: busy in the kernel, not caught there.
. /lab/guest/scene.sh
company
for n in 1 2; do as dice-$n dd if=/dev/urandom of=/dev/null bs=4M status=none; done
sleep 14
observe
crash_by_hand
