#!/bin/bash
# Two round-robin programs keep both CPUs, the watchdog card gets no food, and answers with an NMI.
. /lab/guest/scene.sh
company
modprobe i6300esb heartbeat=16 || echo no i6300esb
as pilotwatch bash -c 'exec 3>/dev/watchdog; while :; do echo >&3; sleep 2; done'
no_throttling
sysctl -q kernel.unknown_nmi_panic=1 kernel.watchdog=0
sleep 5
at begins
as autopilot ./spin -c 1 -r 70
sleep 0.3
as flightplan ./spin -c 0 -r 70
wait
