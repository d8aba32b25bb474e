#!/bin/bash
# A debugger holds a program that nobody waits for, a job is stopped at a terminal, and a parent leaves its dead children lie.
. /lab/guest/scene.sh
company
as editor bash -c 'while :; do sleep 0.3; done'
kill -STOP $!
as patient sleep 1000
patient=$!
as surgeon strace -o /dev/null -p $patient
as registrar ./registrar
sleep 16
observe
crash_by_hand
