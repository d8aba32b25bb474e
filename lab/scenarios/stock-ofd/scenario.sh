#!/bin/bash
# Two programs lock two records of a file in opposite order, by open-file locks of fcntl().
. /lab/guest/scene.sh
company
sleep 2
at begins
as intake ./records 0 100
as dispatch ./records 100 0
sleep 15
crash_by_hand
