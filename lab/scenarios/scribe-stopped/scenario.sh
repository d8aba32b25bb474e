#!/bin/bash
# A program that holds a file lock was stopped by a signal; two others wait for the lock.
. /lab/guest/scene.sh
company
as scribe flock /tmp/scroll bash -c 'while :; do sleep 0.2; done'
scribe=$!
sleep 2
at begins
for p in $scribe $(pgrep -P $scribe); do kill -STOP $p; truth pid.stopped $p; done
sleep 1
as copyist-1 flock /tmp/scroll true
as copyist-2 flock /tmp/scroll true
sleep 15
crash_by_hand
