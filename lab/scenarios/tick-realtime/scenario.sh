#!/bin/bash
# A well-behaved real-time program: it computes for a millisecond in every ten, and sleeps.
. /lab/guest/scene.sh
company
as ticker ./ticker
sleep 14
observe
crash_by_hand
