#!/bin/bash
# Eight threads of a bank want one mutex all the time, and each gets it.
. /lab/guest/scene.sh
company
at begins
as bankd ./bank
sleep 15
crash_by_hand
