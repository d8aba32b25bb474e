#!/bin/sh
# Makes testdata/dumps from full dumps: of each kernel (5.10, 6.1, 6.12, 7.2) one with a fault, and one where nothing is wrong.
# Some of the lab's come with them, each with its truth.
# usage: scripts/slim-dumps.sh FOLDER LAB    where FOLDER/NAME/vmcore are the full dumps, LAB/SUITE/SCENARIO/vmcore the lab's
set -eu
# What slim runs when it is told no commands; docs/case1.md asks rt-loop some more.
usual=$(sed -n '/^const SUPPORT_COMMANDS/,/^];/p' src/doors/cli/slim.ts | grep -o "'[^']*'" | tr '\n' ' ')
folder=$1
for name in rt-loop rt-loop-510 null-deref soft-lockup healthy; do
  mkdir -p "testdata/dumps/$name"
  rm -f "testdata/dumps/$name/vmcore"
  set --
  if [ "$name" = rt-loop ]; then eval "set -- $usual $(node scripts/case1.mjs --commands)"; fi
  bin/inquest slim "$folder/$name/vmcore" -o "testdata/dumps/$name/vmcore" "$@"
done
for run in bullseye/cache-leak sid/invoice-null bullseye/shift-flock bullseye/rail-spin-abba; do
  to=testdata/dumps/${run#*/}
  mkdir -p "$to"
  rm -f "$to/vmcore"
  bin/inquest slim "$2/$run/vmcore" -o "$to/vmcore"
  cp "$2/$run/truth.json" "$to/"
done
