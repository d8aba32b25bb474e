#!/bin/bash
# Four programs queue for one mutex of a driver, each holds it for some milliseconds, and all get their turn.
. /lab/guest/scene.sh
company
insmod ferry.ko
for n in 1 2 3 4; do as passenger-$n bash -c 'while :; do echo b >/dev/ferry; done'; done
sleep 14
observe
crash_by_hand
