#!/bin/bash
# A driver’s timer follows a NULL pointer, in an interrupt upon a program that has nothing to do with it.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod chimes.ko
as digger bash -c 'while :; do :; done'
taskset -p -c 1 $! >/dev/null
at begins
as ringer ./tell /dev/chimes strike 1
wait
