#!/bin/bash
# The first program is made to end: the kernel cannot go on without it.
. /lab/guest/scene.sh
company
sleep 2
at begins
./evict 1
wait
