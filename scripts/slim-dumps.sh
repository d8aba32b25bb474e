#!/bin/sh
# Makes testdata/dumps from full dumps: of each kernel (5.10, 6.1, 6.12, 7.2) one with a fault, and one where nothing is wrong.
# usage: scripts/slim-dumps.sh FOLDER    where FOLDER/NAME/vmcore are the full dumps
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
