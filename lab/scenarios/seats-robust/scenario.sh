#!/bin/bash
# Two programs take two robust mutexes in shared memory in opposite order.
. /lab/guest/scene.sh
company
sleep 2
at begins
as box-office ./seats 0
as web-sales ./seats 1
sleep 15
crash_by_hand
