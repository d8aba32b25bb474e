#!/bin/bash
# A driver adds up invoices, one of which has no customer: NULL is followed.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod invoicer.ko
at begins
as clerk ./tell /dev/invoicer sum 1
wait
