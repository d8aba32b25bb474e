#!/bin/bash
# The processor reports memory that cannot be corrected: a machine check.
. /lab/guest/scene.sh
company
at begins
lab-sync mce
wait
