// ELF notes: { u32 namesz; u32 descsz; u32 type; name; desc }, name and desc padded to 4 bytes. ELF-64 specification.
import { Cursor } from '../bytes/cursor.ts';
import { isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import type { Note } from './format.ts';

/** Bytes of notes that are read at most: those of 8192 CPUs take 7 MB. */
const MAX_NOTE_BYTES = 64 << 20;
/** Notes that are kept at most: a CPU has two or three. */
const MAX_NOTES = 1 << 16;

/** The notes in a part of a file; none where that part is not in the file. */
export function readNotes(file: RandomAccessFile, offset: number, size: number): Note[] {
  if (size === 0 || size > MAX_NOTE_BYTES) return [];
  const bytes = file.read(offset, size);
  return isFault(bytes) ? [] : parseNotes(bytes);
}

/** Every whole note; a note that runs beyond the end closes the list. */
export function parseNotes(bytes: Uint8Array): Note[] {
  const cursor = new Cursor(bytes);
  const notes: Note[] = [];
  for (let at = 0; at + 12 <= bytes.length && notes.length < MAX_NOTES; ) {
    const nameSize = cursor.u32(at) as number;
    const descSize = cursor.u32(at + 4) as number;
    const type = cursor.u32(at + 8) as number;
    const descAt = at + 12 + Math.ceil(nameSize / 4) * 4;
    if (descAt + descSize > bytes.length) break;
    const desc = bytes.subarray(descAt, descAt + descSize);
    notes.push({ name: cursor.text(at + 12, nameSize), type, desc });
    at = descAt + Math.ceil(descSize / 4) * 4;
  }
  return notes;
}
