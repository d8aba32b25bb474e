#!/bin/bash
# A program computes for ever under the ordinary scheduler, and two others wait for its answers on sockets.
. /lab/guest/scene.sh
company
sleep 1
at begins
as broker ./broker
sleep 22
crash_by_hand
