#!/bin/bash
# Two programs read from each other's pipe, and neither ever writes first.
. /lab/guest/scene.sh
company
sleep 2
at begins
as courier ./courier
sleep 15
crash_by_hand
