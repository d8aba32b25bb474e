#!/bin/bash
# A driver uses an object that it had freed; the slab allocator poisons what is freed.
. /lab/guest/scene.sh
company
sysctl -q kernel.panic_on_oops=1
insmod basketry.ko
at begins
as cashier ./tell /dev/basketry pay 1
wait
