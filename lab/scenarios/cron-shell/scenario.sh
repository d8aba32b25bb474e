#!/bin/bash
# Two shell scripts lock two files in opposite order, as scripts do: by a descriptor that flock(1) locks and leaves locked.
. /lab/guest/scene.sh
company
sleep 2
at begins
as rotate bash -c 'exec 8>/tmp/logs.lock 9>/tmp/archive.lock; flock 8; sleep 2; flock 9; sleep 1'
as archive bash -c 'exec 8>/tmp/logs.lock 9>/tmp/archive.lock; flock 9; sleep 2; flock 8; sleep 1'
sleep 17
observe
crash_by_hand
