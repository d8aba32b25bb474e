#!/bin/bash
# A driver loops with interrupts off on CPU 1, no watchdog is on, and the host takes a dump.
. /lab/guest/scene.sh
taskset -p -c 0 $$ >/dev/null
company
insmod awning.ko
sysctl -q kernel.watchdog=0
# Else the device by which the host is asked may interrupt the CPU that no longer listens.
for irq in /proc/irq/*/smp_affinity; do echo 1 >$irq; done 2>/dev/null
at begins
as gardener ./tell /dev/awning down 1
sleep 9
at dump
lab-sync dump
