#!/bin/bash
# A program reads from a pipe into memory whose page nobody brings; who writes to that pipe waits for the lock of the pipe.
. /lab/guest/scene.sh
company
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
at begins
as pipeline ./pipeline
sleep 4
observe
wait
