#!/bin/bash
# Two hundred programs compute at once under the ordinary scheduler.
. /lab/guest/scene.sh
company
at begins
mkdir -p /run/bin && cp ./spin /run/bin/bee
for i in $(seq 200); do /run/bin/bee >/dev/null & done
sleep 20
crash_by_hand
