#!/bin/bash
# A round-robin program computes for ever above another real-time program, which takes samples and starves.
. /lab/guest/scene.sh
company
no_throttling
as sampler ./sampler
sleep 3
taskset -p -c 0 $$ >/dev/null
at begins
as mixdown ./spin -c 1 -r 60
sleep 16
observe
crash_by_hand
