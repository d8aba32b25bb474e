#!/bin/bash
# A dump by hand right after the start.
. /lab/guest/scene.sh
crash_by_hand
