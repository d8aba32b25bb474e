#!/bin/bash
# Two programs wait for each other's word on a socket, and a second thread of one of them speaks now and then.
. /lab/guest/scene.sh
company
as lookout ./lookout
sleep 16
observe
crash_by_hand
