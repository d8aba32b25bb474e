import type { Note } from '../src/formats/format.ts';

const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

/** ELF notes as they stand in a file. */
export function encodeNotes(notes: readonly Note[]): Buffer {
  const parts = notes.flatMap(({ name, type, desc }) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(name.length + 1, 0);
    head.writeUInt32LE(desc.length, 4);
    head.writeUInt32LE(type, 8);
    return [head, padded(Buffer.from(`${name}\0`, 'latin1')), padded(desc)];
  });
  return Buffer.concat(parts);
}
