#!/bin/bash
# A program holds a file lock and reads from a pipe; who alone writes to it waits for that lock.
. /lab/guest/scene.sh
company
sleep 2
at begins
as vestry ./vestry
sleep 15
crash_by_hand
