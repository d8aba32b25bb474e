#!/bin/bash
# A reader under SRCU sleeps for ever; who changes things waits for the readers with a mutex held, and others for the mutex.
. /lab/guest/scene.sh
company
insmod strata.ko
symbols strata survey_lock
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
as geologist ./tell /dev/strata read
sleep 1
at begins
as blaster ./tell /dev/strata blast
sleep 1
as loader-1 ./tell /dev/strata load
as loader-2 ./tell /dev/strata load
sleep 2
observe
wait
