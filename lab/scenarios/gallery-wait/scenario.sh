#!/bin/bash
# A program waits for its child to end, and the child writes to a pipe that only its parent reads.
. /lab/guest/scene.sh
company
sleep 2
at begins
as gallery ./gallery
sleep 15
crash_by_hand
