#!/bin/bash
# A program computes for ever under the ordinary scheduler, and two others wait for its answers on TCP connections.
. /lab/guest/scene.sh
company
sleep 1
at begins
as kiosk ./kiosk
sleep 24
crash_by_hand
