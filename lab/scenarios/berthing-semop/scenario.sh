#!/bin/bash
# Two programs take two System V semaphores in opposite order, each with undo.
. /lab/guest/scene.sh
company
sleep 2
at begins
as tugboat ./berthing 0 1
as lighter ./berthing 1 0
sleep 16
crash_by_hand
