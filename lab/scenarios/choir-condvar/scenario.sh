#!/bin/bash
# A thread waits for a condition that was signalled before it waited: nobody holds anything, nobody will signal again.
. /lab/guest/scene.sh
company
sleep 2
at begins
as choird ./choir
sleep 16
crash_by_hand
