// ELF notes: { u32 namesz; u32 descsz; u32 type; name; desc }, name and desc padded to 4 bytes. ELF-64 specification.
import { Cursor } from '../bytes/cursor.ts';
import type { Note } from './format.ts';

/** Every whole note; a note that runs beyond the end closes the list. */
export function parseNotes(bytes: Uint8Array): Note[] {
  const cursor = new Cursor(bytes);
  const notes: Note[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const nameSize = cursor.u32(at) as number;
    const descSize = cursor.u32(at + 4) as number;
    const type = cursor.u32(at + 8) as number;
    const descAt = at + 12 + Math.ceil(nameSize / 4) * 4;
    const next = descAt + Math.ceil(descSize / 4) * 4;
    if (descAt + descSize > bytes.length) break;
    const desc = bytes.subarray(descAt, descAt + descSize);
    notes.push({ name: cursor.text(at + 12, nameSize), type, desc });
    at = next;
  }
  return notes;
}
