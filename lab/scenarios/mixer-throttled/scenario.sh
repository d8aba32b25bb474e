#!/bin/bash
# A real-time program computes for some seconds, throttled as usual, and ends. Nothing is wrong afterwards.
. /lab/guest/scene.sh
company
sleep 2
as mixerd ./spin -c 1 -f 70 -n 6
sleep 13
observe
crash_by_hand
