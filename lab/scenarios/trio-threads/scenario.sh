#!/bin/bash
# Three threads of a loom take three mutexes, each one and then its neighbour’s.
. /lab/guest/scene.sh
company
sleep 2
at begins
as loomd ./loom
sleep 15
crash_by_hand
