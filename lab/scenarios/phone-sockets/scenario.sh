#!/bin/bash
# Two programs wait for each other's word on a Unix socket with a file lock between them.
. /lab/guest/scene.sh
company
sleep 2
at begins
as phone ./phone
sleep 15
crash_by_hand
