#!/bin/bash
# Two programs lock files in opposite order by flock(); the host takes a dump.
. /lab/guest/scene.sh
company
sleep 2
at begins
as porter-east ./rota /tmp/east /tmp/west
as porter-west ./rota /tmp/west /tmp/east
sleep 12
at dump
lab-sync dump
