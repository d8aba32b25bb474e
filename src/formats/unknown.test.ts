import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { memoryFile } from '../../testkit/memory-file.ts';
import { recognise } from './recognise.ts';

const padded = (text: string, at = 0): Buffer => {
  const bytes = Buffer.alloc(8192, 0x81);
  bytes.write(text, at, 'latin1');
  return bytes;
};
const elfHead = (type: number, machine: number): Buffer => {
  const bytes = Buffer.alloc(4096, 1);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
};

test.each([
  ['nothing', Buffer.alloc(0), 'the file is empty'],
  ['gzip', gzipSync(Buffer.alloc(9000)), 'compressed with gzip; unpack it first (gunzip)'],
  ['xz', padded('\xfd7zXZ\0'), 'compressed with xz'],
  ['zstd', padded('\x28\xb5\x2f\xfd'), 'compressed with zstd'],
  ['bzip2', padded('BZh91AY'), 'compressed with bzip2'],
  ['zip', padded('PK\x03\x04'), 'a zip archive'],
  ['tar', padded('ustar', 257), 'a tar archive; unpack it first (tar -xf)'],
  ['HTML', Buffer.from('\n<!DOCTYPE html><html>Sign in</html>'), 'an HTML page'],
  [
    'XML',
    Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code>'),
    'it is XML, the error',
  ],
  ['VMware', padded('\xd2\xbe\xd2\xbe'), 'the state of a VMware machine'],
  ['VirtualBox', padded('\x7fVirtualBox SavedState V2.0'), 'a saved state of VirtualBox'],
  ['Windows', padded('PAGEDU64'), 'a crash dump of Windows; open it with WinDbg'],
  ['LUKS', padded('LUKS\xba\xbe'), 'a disk encrypted with LUKS'],
  ['qcow2', padded('QFI\xfb'), 'a qcow2 disk image'],
  ['a kernel log', Buffer.from('[    0.000000] Linux version 6.12\n'), 'the text of a kernel log'],
  ['text', Buffer.from('hello\n'), 'it is text'],
  ['vmlinux', elfHead(2, 62), 'a vmlinux perhaps; give the vmcore'],
  ['a module', elfHead(1, 62), 'a kernel module or an object file'],
  ['zeros', Buffer.alloc(100_000), 'zeros only'],
  ['zeros, then data', Buffer.concat([Buffer.alloc(9000), padded('x')]), 'begins with zeros'],
  ['random bytes', padded('\x81\x92\x05'), 'nothing known begins like this'],
])('%s', (_what, bytes, text) => {
  const told = recognise([memoryFile(bytes, 'x')], {});
  expect(told).toMatch(/^x: not a dump: [^\n]+; [^\n]+$/);
  expect(told).toContain(text);
});

test('raw memory is suggested for a large file', () => {
  expect(recognise([memoryFile(Buffer.alloc(2 << 20, 0x81), 'x')], {})).toContain('add --raw');
});

test.each([
  ['arm64', elfHead(4, 183), 'a core of another machine (e_machine 183)'],
  ['x86_64, without segments', elfHead(4, 62), 'program headers of 257 bytes'],
])('a core of %s is refused with its reason', (_what, bytes, text) => {
  expect(recognise([memoryFile(bytes)], {})).toMatchObject({
    detail: expect.stringContaining(text),
  });
});
