#!/bin/bash
# Two programs each open a named pipe to write to, and each would open the other’s to read only afterwards.
. /lab/guest/scene.sh
company
mkfifo /tmp/upstairs /tmp/downstairs
sleep 1
at begins
as butler bash -c 'exec 3>/tmp/upstairs 4</tmp/downstairs'
as cooker bash -c 'exec 3>/tmp/downstairs 4</tmp/upstairs'
sleep 16
crash_by_hand
