#!/bin/bash
# Two processes take two mutexes in shared memory in opposite order.
. /lab/guest/scene.sh
company
sleep 2
at begins
as buyer ./bourse 0 1
as seller ./bourse 1 0
sleep 16
crash_by_hand
