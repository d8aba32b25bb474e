#!/bin/bash
# Two FIFO programs keep both CPUs; nothing answers any more, and the host takes a dump.
. /lab/guest/scene.sh
company
no_throttling
sysctl -q kernel.watchdog=0
chrt -f -p 95 $$ >/dev/null
as carillon ./spin -f 70 -c 0
as belfry ./spin -r 60 -c 1
sleep 12
at dump
lab-sync dump
