#!/bin/bash
# Two programs lock two files in opposite order, one by flock() and one by fcntl().
. /lab/guest/scene.sh
company
sleep 2
at begins
as notary ./deeds 0
as bailiff ./deeds 1
sleep 16
crash_by_hand
