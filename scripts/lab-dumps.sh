#!/bin/sh
# usage: scripts/lab-dumps.sh SHARED DUMPS LAB
#
# Makes what test/full/formats.test.ts and level31.test.ts read (INQUEST_LAB=LAB): one guest in every format, one
# without a VMCOREINFO note, one with five levels of page tables, and soft-lockup of DUMPS at dump level 31; and
# for scripts/bench.mjs one with 10,000 tasks.
# SHARED has lab/boot, which boots guests (README.md there says what it needs), and oracle/, set up by its `setup`.
# What is there already is left as it is. Takes some ten minutes.
set -eu
[ $# -eq 3 ] || { sed -n '/^# usage:/,/^[^#]/{s/^# \{0,1\}//p}' "$0"; exit 2; }
shared=$1 dumps=$2 lab=$3
mkdir -p "$lab"
lab=$(cd "$lab" && pwd)

kdump=kdump:zlib:31,kdump:zstd:31,kdump:lzo:31,kdump:none:31,kdump:zlib:0,kdump:zlib:1
every=$kdump,flat:zlib:31,elf:none:31,elf:none:0,proc-vmcore,qemu-elf,qemu-kdump-zlib,pmemsave

boot() { # NAME BOOT-ARGUMENT ...
	name=$1
	shift
	[ -e "$lab/$name/vmcore" ] || "$shared/lab/boot" "$@" -o "$lab/$name"
}

boot every trixie healthy --timeout 280 --via "$every"
boot novmci trixie healthy --no-vmcoreinfo --timeout 280 --via qemu-elf,pmemsave
boot la57 sid healthy --cpu max
boot crowd bookworm crowd

out=$lab/soft-lockup-31
[ -e "$out/vmcore" ] && exit
mkdir -p "$out"
# shellcheck source=/dev/null
. "$shared/oracle/lib.sh"
cp "$dumps/soft-lockup/vmcore" "$out/full"
in_chroot tools "$out" makedumpfile -c -d 31 /in/full /in/vmcore
rm "$out/full"
