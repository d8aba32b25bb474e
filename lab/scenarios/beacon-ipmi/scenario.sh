#!/bin/bash
# The daemon that feeds the IPMI watchdog was stopped by a signal; the pre-timeout panics a machine that is otherwise well.
. /lab/guest/scene.sh
company
modprobe ipmi_si
sleep 1
modprobe ipmi_watchdog timeout=90 pretimeout=70 preaction=pre_int preop=preop_panic action=reset
as beacond bash -c 'exec 3>/dev/watchdog; while :; do echo >&3; sleep 2; done'
feeder=$!
sleep 7
at begins
kill -STOP $feeder
sleep 5
observe
wait
