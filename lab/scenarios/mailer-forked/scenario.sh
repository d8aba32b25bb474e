#!/bin/bash
# A program with threads forks while one of them holds a mutex; the child wants that mutex, whose owner it does not have.
. /lab/guest/scene.sh
company
sleep 2
at begins
as mailerd ./mailer
sleep 16
crash_by_hand
