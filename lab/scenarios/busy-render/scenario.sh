#!/bin/bash
# Three ordinary programs compute on two CPUs: a busy machine on which all get their share.
. /lab/guest/scene.sh
company
sleep 2
as render-1 ./spin
as render-2 ./spin
nice -n 10 bash -c 'while :; do :; done' &
sleep 12
observe
crash_by_hand
