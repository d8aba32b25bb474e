#!/bin/bash
# A debugger has stopped a program that holds a file lock, and sleeps; two others wait for the lock.
. /lab/guest/scene.sh
company
as replica ./replica
replica=$!
sleep 2
at begins
as inspector ./inspect $replica
sleep 1
as reader-1 flock /tmp/replica.lock true
as reader-2 flock /tmp/replica.lock true
sleep 15
crash_by_hand
