#!/bin/bash
# A supervisor waits for its workers, and they for a pipe that only it could write to: the usual way to notice that it died.
. /lab/guest/scene.sh
company
as warden ./warden
sleep 16
observe
crash_by_hand
