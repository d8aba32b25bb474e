// One moment of one guest, in every format: the same answers, byte for byte. INQUEST_LAB is a folder with what
// scripts/lab-dumps.sh makes; without it nothing here runs, and it says so.
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { isFault } from '../../src/bytes/fault.ts';
import { type Answer, runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump, openSource } from '../../src/doors/open.ts';
import { physBaseOfCpus } from '../../src/memory/kernel-space.ts';

const lab = process.env.INQUEST_LAB ?? '';
const every = (name: string): string => `${lab}/every/vmcore${name && `.${name}`}`;

const lines = ['log', 'mod', 'ps', 'ps -t', 'bt -a', 'foreach bt', 'sys', 'runq'];

interface Answers {
  readonly warnings: readonly string[];
  readonly all: readonly Answer[];
}

async function answersOf(path: string): Promise<Answers> {
  const dump = await openDump([path], { raw: path.endsWith('.pmemsave') });
  const all: Answer[] = [];
  for (const line of lines) all.push(await runLine({ dump, session: newSession() }, line));
  const { warnings } = dump.source;
  dump.close();
  return { warnings, all };
}

/** What an answer says about the file itself is the file's own: its name, whether pages were left out. */
const ofTheFile = /^ *DUMPFILE: .*$/gm;

function told(answer: Answer): unknown {
  if (!answer.ok) return answer.error;
  return {
    text: answer.text.replace(ofTheFile, ''),
    data: withoutFile(answer.data),
    warnings: answer.warnings,
  };
}

const withoutFile = (data: unknown): string =>
  JSON.stringify(data, (key, value) =>
    /^(files?|dumpfile|format|isPartial)$/i.test(key) ? undefined : value,
  );

describe.skipIf(!lab)(lab ? 'lab' : 'skipped: INQUEST_LAB names no folder of lab dumps', () => {
  /** The crash itself, as the capture kernel saw it. */
  const crash = [
    'kdump-lzo-31',
    'kdump-zstd-31',
    'kdump-none-31',
    'kdump-zlib-0',
    'kdump-zlib-1',
    'flat-zlib-31',
    'elf-none-31',
    'elf-none-0',
    'proc-vmcore',
  ];
  let reference: Answers;
  beforeAll(async () => {
    reference = await answersOf(every(''));
  }, 60_000);

  test('kdump-zlib-31: all is answered', () => {
    expect(reference.all.filter((answer) => !answer.ok)).toEqual([]);
    expect(reference.warnings).toEqual([]);
  });

  test.each(crash)(
    '%s answers as kdump-zlib-31 does',
    async (name) => {
      const answers = await answersOf(every(name));
      expect(answers.warnings).toEqual([]);
      for (const [i, answer] of answers.all.entries())
        expect(told(answer)).toEqual(told(reference.all[i] as Answer));
    },
    120_000,
  );

  test.each(['qemu-kdump-zlib', 'pmemsave'])(
    '%s answers as qemu-elf does',
    async (name) => {
      const elf = await answersOf(every('qemu-elf'));
      const other = await answersOf(every(name));
      expect(elf.all.filter((answer) => !answer.ok)).toEqual([]);
      // Raw memory has no notes: what was in each CPU's registers is not known, so their stacks differ.
      const needsRegisters = (answer: Answer) =>
        name === 'pmemsave' && /^(bt|foreach bt)/.test(answer.command);
      for (const [i, answer] of other.all.entries())
        if (needsRegisters(answer)) expect(answer.ok).toBe(true);
        else expect(told(answer)).toEqual(told(elf.all[i] as Answer));
    },
    120_000,
  );

  test("without a note: QEMU's ELF core and raw memory of one moment answer alike", async () => {
    const elf = await answersOf(`${lab}/novmci/vmcore`);
    const raw = await answersOf(`${lab}/novmci/vmcore.pmemsave`);
    expect(elf.all.filter((answer) => !answer.ok)).toEqual([]);
    for (const [i, answer] of raw.all.entries())
      if (/^(bt|foreach bt)/.test(answer.command)) expect(answer.ok).toBe(true);
      else expect(told(answer)).toEqual(told(elf.all[i] as Answer));
  }, 120_000);

  test.each(['every/vmcore.qemu-elf', 'every/vmcore.qemu-kdump-zlib', 'novmci/vmcore'])(
    "%s: phys_base by the CPUs' page tables is VMCOREINFO's",
    async (name) => {
      const dump = await openDump([`${lab}/${name}`]);
      expect(physBaseOfCpus(dump.physical)).toBe(dump.vmcoreinfo.number('phys_base'));
      dump.close();
    },
  );

  test('every page of every crash format is that of /proc/vmcore', async () => {
    const whole = await openSource([every('proc-vmcore')]);
    for (const name of crash) {
      const source = await openSource([every(name)]);
      let compared = 0;
      for (const [first, end] of source.ranges())
        for (let pfn = first; pfn < end; pfn++) {
          const page = source.page(pfn);
          const wanted = whole.page(pfn);
          if (isFault(page) || isFault(wanted)) throw new Error(`${name}: frame ${pfn}`);
          if (Buffer.compare(page, wanted) !== 0) throw new Error(`${name}: frame ${pfn} differs`);
          compared++;
        }
      expect(compared).toBeGreaterThan(17_000);
      source.close();
    }
    whole.close();
  }, 300_000);

  test('with five levels of page tables, all is answered', async () => {
    const { all, warnings } = await answersOf(`${lab}/la57/vmcore`);
    expect(all.filter((answer) => !answer.ok)).toEqual([]);
    expect(warnings).toEqual([]);
  }, 60_000);

  test('the folder is whole', () => {
    for (const name of ['', ...crash, 'qemu-elf', 'qemu-kdump-zlib', 'pmemsave'])
      expect([name, existsSync(every(name))]).toEqual([name, true]);
  });
});
