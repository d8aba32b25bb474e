#!/bin/bash
# A driver loops with interrupts off on CPU 1. The host presses the NMI button, which panics CPU 0.
. /lab/guest/scene.sh
taskset -p -c 0 $$ >/dev/null
company
insmod liftctl.ko
sysctl -q kernel.unknown_nmi_panic=1 kernel.watchdog=0
# Else the device by which the host is asked may interrupt the CPU that no longer listens.
for irq in /proc/irq/*/smp_affinity; do echo 1 >$irq; done 2>/dev/null
at begins
as dispatcher ./tell /dev/liftctl go 1
sleep 9
at dump
lab-sync nmi
wait
