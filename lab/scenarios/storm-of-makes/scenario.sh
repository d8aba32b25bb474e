#!/bin/bash
# Many short programs run at once, with pipes between them, as in a build: busy, and all make progress.
. /lab/guest/scene.sh
company
for n in 1 2 3 4 5 6; do as maker-$n bash -c 'while :; do ls -lR /usr/bin | sort | md5sum >/dev/null; done'; done
sleep 14
observe
crash_by_hand
