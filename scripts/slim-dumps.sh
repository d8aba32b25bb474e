#!/bin/sh
# Makes testdata/dumps from full dumps: one slim dump a kernel (5.10, 6.1, 6.12, 7.2).
# usage: scripts/slim-dumps.sh FOLDER    where FOLDER/NAME/vmcore are the full dumps
set -eu
for name in rt-loop rt-loop-510 null-deref soft-lockup; do
  mkdir -p "testdata/dumps/$name"
  rm -f "testdata/dumps/$name/vmcore"
  bin/inquest slim "$1/$name/vmcore" -o "testdata/dumps/$name/vmcore"
done
