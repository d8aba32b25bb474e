#!/bin/sh
# Makes testdata/dumps from full dumps: of each kernel (5.10, 6.1, 6.12, 7.2) one with a fault, and one where nothing is wrong.
# usage: scripts/slim-dumps.sh FOLDER    where FOLDER/NAME/vmcore are the full dumps
set -eu
for name in rt-loop rt-loop-510 null-deref soft-lockup healthy; do
  mkdir -p "testdata/dumps/$name"
  rm -f "testdata/dumps/$name/vmcore"
  bin/inquest slim "$1/$name/vmcore" -o "testdata/dumps/$name/vmcore"
done
