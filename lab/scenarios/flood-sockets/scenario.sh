#!/bin/bash
# A program fills sockets that nobody reads, until their buffers have all memory; the machine panics.
. /lab/guest/scene.sh
company
sysctl -q vm.panic_on_oom=2 net.core.wmem_max=100000000 net.core.rmem_max=100000000
ulimit -n 20000
at begins
as mailbag ./mailbag
wait
