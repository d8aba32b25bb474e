#!/bin/bash
# A driver calls a function of an object that it had freed and that a program’s words were written over.
. /lab/guest/scene.sh
company
insmod milling.ko
sysctl -q kernel.panic_on_oops=1
sleep 1
at begins
as miller ./tell /dev/milling go
wait
