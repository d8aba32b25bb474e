#!/bin/bash
# Three programs lock files in a ring by flock().
. /lab/guest/scene.sh
company
sleep 2
at begins
as shift-early ./rota /tmp/early /tmp/late
as shift-late ./rota /tmp/late /tmp/night
as shift-night ./rota /tmp/night /tmp/early
sleep 15
crash_by_hand
