#!/bin/bash
# A file system was frozen for a snapshot and never thawed; programs that write to it wait.
. /lab/guest/scene.sh
company
modprobe loop
truncate -s 24M /tmp/srv.img
mkfs.ext4 -q /tmp/srv.img
mkdir -p /tmp/srv
mount -o loop /tmp/srv.img /tmp/srv
sysctl -q kernel.hung_task_timeout_secs=8 kernel.hung_task_panic=1
fsfreeze -f /tmp/srv
at begins
as mailer-1 dd if=/dev/zero of=/tmp/srv/inbox bs=4k count=8
as mailer-2 dd if=/dev/zero of=/tmp/srv/outbox bs=4k count=8
wait
