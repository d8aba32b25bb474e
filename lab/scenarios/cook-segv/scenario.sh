#!/bin/bash
# A program crashes and is started again, over and over; the machine is well.
. /lab/guest/scene.sh
company
as kitchen bash -c 'while :; do ./cook; sleep 0.5; done'
sleep 14
crash_by_hand
