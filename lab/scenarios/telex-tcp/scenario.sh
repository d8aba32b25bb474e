#!/bin/bash
# Two programs send to each other over TCP, and neither reads before all is sent.
. /lab/guest/scene.sh
company
sleep 2
at begins
as telex ./telex
sleep 16
crash_by_hand
