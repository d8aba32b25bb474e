#!/bin/bash
# An idle machine: a server, a daemon, and nothing to do.
. /lab/guest/scene.sh
company
sleep 14
observe
crash_by_hand
