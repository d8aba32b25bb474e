#!/bin/bash
# A long but finite search of all files, which reads them all.
. /lab/guest/scene.sh
company
at begins
as census find / -xdev -type f -size -200k -exec cksum {} +
sleep 14
observe
crash_by_hand
