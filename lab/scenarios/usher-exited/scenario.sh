#!/bin/bash
# A thread ends with a mutex held; the others of its program wait for it for ever.
. /lab/guest/scene.sh
company
sleep 2
at begins
as theatred ./theatre
sleep 16
crash_by_hand
