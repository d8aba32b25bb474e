#!/bin/bash
# Somebody presses the NMI button of a machine that is well.
. /lab/guest/scene.sh
company
sysctl -q kernel.unknown_nmi_panic=1
sleep 2
at dump
lab-sync nmi
wait
