// `ptov`: physical addresses, and per-CPU offsets, as kernel virtual addresses.
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { memoryLayout } from '../kernel/memory-layout.ts';
import { hex } from '../print/hex.ts';
import { cpusNamed } from './bt/cpus.ts';
import { hexNumber } from './kit/address.ts';
import { CommandError, type Context, defineCommand } from './kit/define.ts';
import { contextTask } from './kit/select.ts';
import { misused } from './kit/usage.ts';

export interface PtovEntry {
  /** null for a per-CPU offset. */
  readonly physical: string | null;
  /** In the direct map; null for a per-CPU offset. */
  readonly virtual: string | null;
  /** null for a physical address. */
  readonly perCpuOffset: string | null;
  /** Each CPU's copy. */
  readonly cpus: readonly { readonly cpu: number; readonly virtual: string | null }[];
}

export type PtovData = readonly PtovEntry[];

const ptov = defineCommand({
  name: 'ptov',
  summary: 'the kernel virtual address of a physical address, or of a per-CPU offset',
  operands: '[ADDRESS | OFFSET:CPUS]…',
  options: {},
  needsNoTypes: true,
  details: ['CPUS: a number, a range, a list, a for all; nothing for the current one.'],
  examples: [
    ['ptov 1000000', 'where physical memory is mapped'],
    ['ptov 2000:a', 'a per-CPU offset on each CPU'],
  ],

  run(context, _options, operands): PtovData {
    if (operands.length === 0) throw misused(ptov);
    return operands.map((word) => {
      const [digits = '', cpus] = word.split(':', 2);
      const number = digits === '' && cpus !== undefined ? 0n : hexNumber(digits);
      if (number === undefined) throw new CommandError('usage', `ptov: invalid input: "${digits}"`);
      return cpus === undefined ? physical(context, number) : perCpu(context, number, cpus);
    });
  },

  *render(entries) {
    for (const [i, entry] of entries.entries()) {
      if (i > 0) yield '';
      yield* linesOf(entry);
    }
  },
});

export default ptov;

const physical = ({ dump }: Context, address: bigint): PtovEntry => ({
  physical: hex(address),
  virtual: hex(BigInt.asUintN(64, memoryLayout(dump).directMap + address)),
  perCpuOffset: null,
  cpus: [],
});

function perCpu(context: Context, offset: bigint, spec: string): PtovEntry {
  const { dump } = context;
  const cpus = spec === '' ? [currentCpu(context)] : cpusNamed(dump, 'ptov', spec);
  return {
    physical: null,
    virtual: null,
    perCpuOffset: hex(offset),
    cpus: cpus.map((cpu) => {
      const at = dump.perCpuAddress(virtual(offset), cpu);
      if (isFault(at)) context.warn(`ptov: CPU ${cpu}: ${at.explain()}`);
      return { cpu, virtual: isFault(at) ? null : hex(at) };
    }),
  };
}

function currentCpu(context: Context): number {
  const { cpu } = contextTask(context, 'ptov');
  return isFault(cpu) ? 0 : cpu;
}

function* linesOf({ physical, virtual, perCpuOffset, cpus }: PtovEntry): Generator<string> {
  if (physical !== null && virtual !== null) {
    yield `${'VIRTUAL'.padEnd(16)}  ${'PHYSICAL'.padEnd(16)}`;
    yield `${virtual.slice(2).padEnd(16)}  ${physical.slice(2).padEnd(16)}`;
    return;
  }
  yield `PER-CPU OFFSET: ${perCpuOffset?.slice(2)}`;
  yield `  CPU    ${'VIRTUAL'.padEnd(16)}`;
  for (const { cpu, virtual } of cpus) yield `  [${cpu}]  ${virtual?.slice(2) ?? '?'}`;
}
