#!/bin/bash
# A program waits for its child to end, and the child for input that only its parent could send.
. /lab/guest/scene.sh
company
sleep 2
at begins
as nightly ./nightly
sleep 15
crash_by_hand
