#!/bin/bash
# A driver takes an error code for a pointer.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod keyring.ko
at begins
as janitor ./tell /dev/keyring open 1
wait
