#!/bin/bash
# Threads spin in user mode for a lock whose holder sleeps.
. /lab/guest/scene.sh
company
sleep 2
at begins
as spindle ./spindle
sleep 16
observe
crash_by_hand
