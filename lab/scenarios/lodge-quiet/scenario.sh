#!/bin/bash
# A machine that is well, of which the host takes a dump.
. /lab/guest/scene.sh
company
sleep 8
observe
at dump
lab-sync dump
