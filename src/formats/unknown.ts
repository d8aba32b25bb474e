// A file that is no dump we read: what it looks like, and what to do about it.
import { Cursor } from '../bytes/cursor.ts';
import { isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import { isElf, readElfHead } from './elf-head.ts';

/** What it looks like, and what to do: halves of a sentence. */
type Sight = readonly [looks: string, advice: string];

/**
 * One sentence without the file's name.
 *
 * @param head the file's first 4 KiB, or all of it when it is shorter
 */
export function describeUnknown(file: RandomAccessFile, head: Uint8Array): string {
  if (head.length === 0)
    return 'not a dump: the file is empty; the disk was full, or writing it failed';
  const [looks, advice] = look(file, head);
  return `not a dump: ${looks}; ${advice}`;
}

const look = (file: RandomAccessFile, head: Uint8Array): Sight =>
  byMagic(head) ??
  (isElf(head) ? elfSight(head) : undefined) ??
  textSight(head) ??
  zeroSight(file, head) ?? [
    'nothing known begins like this',
    file.size >= 1 << 20
      ? 'if it is raw physical memory (pmemsave, .vmem), add --raw'
      : 'give the vmcore that kdump, makedumpfile or QEMU wrote',
  ];

const ENCRYPTED = 'decrypt it first';
const OTHER_TOOL = 'no way to read it is known here; write the dump as ELF or kdump';
const unpack = (tool: string): string => `unpack it first (${tool}), then give what was in it`;
const VMWARE =
  'give the .vmem beside it with --raw, or convert both to an ELF core with vmss2core -N';

/** Beginnings, as one character a byte, and where they stand. */
const magics: readonly (readonly [at: number, magic: string, ...sight: Sight])[] = [
  [0, '\x1f\x8b', 'it is compressed with gzip', unpack('gunzip')],
  [0, '\x1f\x9d', 'it is compressed with compress', unpack('gunzip')],
  [0, '\xfd7zXZ\0', 'it is compressed with xz', unpack('unxz')],
  [0, '\x28\xb5\x2f\xfd', 'it is compressed with zstd', unpack('unzstd')],
  [0, 'BZh', 'it is compressed with bzip2', unpack('bunzip2')],
  [0, '\x04\x22\x4d\x18', 'it is compressed with lz4', unpack('unlz4')],
  [0, '\x89LZO\0\r\n', 'it is compressed with lzop', unpack('lzop -d')],
  [0, '\x5d\0\0', 'it looks compressed with lzma', unpack('unlzma')],
  [0, 'PK\x03\x04', 'it is a zip archive', unpack('unzip')],
  [0, '7z\xbc\xaf\x27\x1c', 'it is a 7-Zip archive', unpack('7z x')],
  [0, 'Rar!\x1a\x07', 'it is a rar archive', unpack('unrar x')],
  [257, 'ustar', 'it is a tar archive', unpack('tar -xf')],
  [0, '070701', 'it is a cpio archive', unpack('cpio -id')],
  [0, '070702', 'it is a cpio archive', unpack('cpio -id')],
  [0, '!<arch>\n', 'it is an ar archive or a Debian package', unpack('ar x')],
  [0, '\xed\xab\xee\xdb', 'it is an RPM package', 'give the vmcore instead'],
  [0, 'hsqs', 'it is a squashfs image', unpack('unsquashfs')],
  [0, '\xd2\xbe\xd2\xbe', 'it is the state of a VMware machine (.vmss, .vmsn)', VMWARE],
  [0, '\xd1\xba\xd1\xba', 'it is the state of a VMware machine (.vmss, .vmsn)', VMWARE],
  [0, '\xd0\xbe\xd2\xbe', 'it is the state of a VMware machine (.vmss, .vmsn)', VMWARE],
  [0, '\xd3\xbe\xd3\xbe', 'it is the state of a VMware machine (.vmss, .vmsn)', VMWARE],
  [0, 'KDMV', 'it is a disk of a VMware machine (.vmdk)', 'give the vmcore that lies on it'],
  [
    0,
    '\x7fVirtualBox SavedState',
    'it is a saved state of VirtualBox',
    'write a core with VBoxManage debugvm NAME dumpvmcore',
  ],
  [0, '<<< ', 'it is a disk of VirtualBox (.vdi)', 'give the vmcore that lies on it'],
  [
    0,
    'LibvirtQemudSave',
    'it is a saved machine of libvirt',
    'restore it and use virsh dump --memory-only',
  ],
  [0, 'QEVM', 'it is a migration stream of QEMU', 'restore it and use dump-guest-memory'],
  [0, 'QFI\xfb', 'it is a qcow2 disk image', 'give the vmcore that lies on it'],
  [0, 'conectix', 'it is a VHD disk image', 'give the vmcore that lies on it'],
  [0, 'vhdxfile', 'it is a VHDX disk image', 'give the vmcore that lies on it'],
  [0, 'PAGEDU64', 'it is a crash dump of Windows', 'open it with WinDbg'],
  [0, 'PAGEDUMP', 'it is a crash dump of Windows', 'open it with WinDbg'],
  [0, 'MDMP', 'it is a minidump of a Windows program', 'open it with WinDbg'],
  [0, 'HIBR', 'it is a hibernation file of Windows', 'it holds no Linux kernel'],
  [0, 'hibr', 'it is a hibernation file of Windows', 'it holds no Linux kernel'],
  [0, 'MZ', 'it is a program of Windows, or a kernel as UEFI boots it', 'give the vmcore instead'],
  [514, 'HdrS', 'it is a kernel to boot (bzImage)', 'give the vmcore instead'],
  [0, '\xed\x23\x8f\x61\x73\x01\x19\xa8', 'it is a dump of LKCD', OTHER_TOOL],
  [0, '\xa8\x19\x01\x73\x61\x8f\x23\xfd', 'it is a dump of an s390 machine', OTHER_TOOL],
  [0, 'EMiL', 'it is memory as LiME writes it', 'write it again with format=raw, and add --raw'],
  [0, 'AVML', 'it is memory as AVML compresses it', 'convert it with avml-convert, and add --raw'],
  [0, 'LUKS\xba\xbe', 'it is a disk encrypted with LUKS', 'open it with cryptsetup, and mount it'],
  [0, 'Salted__', 'it is encrypted with openssl', ENCRYPTED],
  [0, '-----BEGIN PGP', 'it is encrypted or signed with PGP', ENCRYPTED],
  [0, 'age-encryption.org', 'it is encrypted with age', ENCRYPTED],
  [0, 'LPKSHHRH', 'it is a systemd journal', 'read it with journalctl --file'],
  [0, '%PDF-', 'it is a PDF', 'give the vmcore instead'],
  [0, 'JAVA PROFILE', 'it is a heap dump of Java', 'it holds no kernel'],
  [
    0,
    'version https://git-lfs',
    'it is a pointer of Git LFS',
    'fetch the file itself: git lfs pull',
  ],
  [
    1080,
    '\x53\xef',
    'it is an ext2, ext3 or ext4 file system',
    'mount it, and give the vmcore in it',
  ],
  [0, 'XFSB', 'it is an XFS file system', 'mount it, and give the vmcore in it'],
  [510, '\x55\xaa', 'it is a disk or its boot sector', 'give the vmcore that lies on it'],
];

function byMagic(head: Uint8Array): Sight | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const found = magics.find(([at, magic]) => text.startsWith(magic, at));
  return found && [found[2], found[3]];
}

/** e_machine of what a dump is likely to come from. include/uapi/linux/elf-em.h */
const machines: Readonly<Record<number, string>> = {
  3: 'x86 (32 bits)',
  20: 'PowerPC',
  21: 'ppc64',
  22: 's390',
  40: 'arm',
  62: 'x86_64',
  183: 'arm64',
  243: 'RISC-V',
  258: 'LoongArch',
};

function elfSight(head: Uint8Array): Sight {
  const { type, machine, is64 } = readElfHead(head);
  const of = machines[machine] ?? `machine ${machine}`;
  if (type === 4)
    return [
      `it is ${is64 ? 'a' : 'a 32-bit'} core of ${of}`,
      'only x86_64 kernels of 64 bits can be read',
    ];
  if (type === 1) return ['it is a kernel module or an object file', 'give the vmcore instead'];
  return [
    `it is an ELF program or library of ${of}, a vmlinux perhaps`,
    'give the vmcore; nothing else is needed',
  ];
}

function textSight(head: Uint8Array): Sight | undefined {
  const text = textOf(head)?.trimStart();
  if (text === undefined) return undefined;
  if (/^<!doctype html|^<html/i.test(text))
    return [
      'it is an HTML page, an error page or a login perhaps',
      'download the dump again, and look at what came',
    ];
  if (text.startsWith('<'))
    return [
      'it is XML, the error message of a file store perhaps',
      'read it, and download the dump again',
    ];
  if (/\[ *\d+\.\d{6}\]|Kernel panic|Linux version/.test(text))
    return ['it is the text of a kernel log', 'give the vmcore that was taken then'];
  if (/^[{[]/.test(text)) return ['it is JSON', 'give the vmcore instead'];
  return ['it is text', 'give the vmcore that kdump, makedumpfile or QEMU wrote'];
}

/** Text in UTF-8, with no control character but what lines are made of; undefined when it is none. */
function textOf(head: Uint8Array): string | undefined {
  for (const byte of head)
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) return undefined;
  try {
    // As a stream: the end of the head may cut a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return undefined;
  }
}

/** Places looked at in a file that begins with zeros. */
const PROBES = 16;

function zeroSight(file: RandomAccessFile, head: Uint8Array): Sight | undefined {
  if (head.some((byte) => byte !== 0)) return undefined;
  for (let i = 1; i < PROBES; i++) {
    const at = Math.floor((file.size / PROBES) * i);
    const bytes = file.read(at, Math.min(4096, file.size - at));
    if (isFault(bytes)) break;
    const cursor = new Cursor(bytes);
    if (bytes.some((byte) => byte !== 0) || cursor.length === 0)
      return [
        'it begins with zeros',
        'if it is raw physical memory (pmemsave, .vmem), add --raw; else its head was lost, and no tool can read it',
      ];
  }
  return [
    'it is zeros only, as far as was looked',
    'the disk was full, or copying it failed: copy it again',
  ];
}
