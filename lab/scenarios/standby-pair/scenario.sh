#!/bin/bash
# Daemons that wait for long by design: a standby for the lock of the active one, a reader for a pipe, a parent for its child.
. /lab/guest/scene.sh
company
as active flock /tmp/service.lock sleep 1000
sleep 1
as standby flock /tmp/service.lock sleep 1000
mkfifo /tmp/log.pipe
as logwriter bash -c 'exec 3>/tmp/log.pipe; while :; do sleep 5; echo line >&3; done'
as logreader cat /tmp/log.pipe >/dev/null
as warden bash -c 'bash -c "while :; do sleep 3; done"; true'
sleep 14
observe
crash_by_hand
