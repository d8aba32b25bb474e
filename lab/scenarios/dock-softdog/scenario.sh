#!/bin/bash
# Two real-time programs keep both CPUs; the daemon that feeds the software watchdog starves, and softdog panics.
. /lab/guest/scene.sh
company
modprobe softdog soft_margin=12 soft_panic=1 || modprobe softdog soft_margin=12
as keepalive bash -c 'exec 3>/dev/watchdog; while :; do echo >&3; sleep 2; done'
no_throttling
sysctl -q kernel.watchdog=0
sleep 5
at begins
as crane-1 ./spin -c 1 -f 50
sleep 0.3
as crane-2 ./spin -c 0 -f 50
wait
