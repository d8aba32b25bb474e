// Raw physical memory, byte 0 of the file being physical address 0: QEMU's pmemsave. Nothing marks such a file.
import { Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import type { DumpFormat, PageSource, PageState } from './format.ts';
import { frameAt } from './kdump-pages.ts';

const PAGE = 4096;

export const raw: DumpFormat = {
  name: 'raw',
  recognises: () => false,
  open(files) {
    const [file, second] = files;
    if (!file) return new Fault('truncated', undefined, 'no file was given');
    if (second)
      return new Fault(
        'corrupt',
        undefined,
        `raw memory is one file; where ${second.name} belongs is not known`,
      );
    if (file.size < PAGE)
      return new Fault('truncated', undefined, `${file.size} bytes are no machine's memory`);
    return new RawSource(file);
  },
};

class RawSource implements PageSource {
  readonly format = 'raw';
  readonly pageSize = PAGE;
  readonly notes = [];
  readonly segments = [];
  readonly isFiltered = false;
  readonly endPfn: number;
  readonly file: RandomAccessFile;

  constructor(file: RandomAccessFile) {
    this.file = file;
    this.endPfn = Math.floor(file.size / PAGE);
  }

  get properties(): (readonly [string, string])[] {
    return [
      ['pages', `${this.endPfn} in the file, from physical address 0 on`],
      ['registers', 'none: the stacks of what ran on the CPUs are guessed'],
    ];
  }

  get warnings(): string[] {
    const rest = this.file.size % PAGE;
    return rest === 0 ? [] : [`its last page has only ${rest} bytes: it was cut`];
  }

  page(pfn: number): Uint8Array | Fault {
    if (this.state(pfn) !== 'present') return new Fault('unsaved', frameAt(pfn));
    const page = this.file.read(pfn * PAGE, PAGE);
    return isFault(page) ? new Fault('truncated', frameAt(pfn), page.detail) : page;
  }

  state(pfn: number): PageState {
    return pfn >= 0 && pfn < this.endPfn ? 'present' : 'unsaved';
  }

  ranges(): Iterable<readonly [number, number]> {
    return [[0, this.endPfn]];
  }

  async ready(): Promise<void> {}

  close(): void {
    this.file.close();
  }
}
