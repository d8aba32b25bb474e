#!/bin/bash
# A thread holds a PI mutex and reads from a pipe; who should write to it waits for that mutex.
. /lab/guest/scene.sh
company
sleep 2
at begins
as bookingd ./booking
sleep 15
crash_by_hand
