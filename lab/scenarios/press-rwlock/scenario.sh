#!/bin/bash
# Two threads take two read-write locks for writing, in opposite order.
. /lab/guest/scene.sh
company
sleep 2
at begins
as gazette ./gazette
sleep 16
crash_by_hand
