#!/bin/bash
# A driver warned long ago, and nothing came of it.
. /lab/guest/scene.sh
company
insmod gauges.ko
./tell /dev/gauges read & sleep 15
observe
crash_by_hand
