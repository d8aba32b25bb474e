#!/bin/bash
# A program computes for ever with a file lock held, under the ordinary scheduler; three wait for the lock.
. /lab/guest/scene.sh
company
sleep 1
at begins
as indexer ./indexer
sleep 1
for n in 1 2 3; do as search-$n flock /tmp/index.lock true; done
sleep 20
crash_by_hand
