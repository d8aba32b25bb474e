#!/bin/bash
# A server of 300 threads, all of which wait for work.
. /lab/guest/scene.sh
company
as poold ./pool
sleep 14
observe
crash_by_hand
