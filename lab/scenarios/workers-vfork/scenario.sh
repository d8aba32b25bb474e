#!/bin/bash
# Many programs sleep uninterruptibly for a moment, over and over: children start by vfork().
. /lab/guest/scene.sh
company
for n in $(seq 12); do as worker-$n ./vforker; done
sleep 14
observe
crash_by_hand
