// What a CPU did after its registers were saved.
//
// A crashing kernel saves each CPU's registers and then goes on: the panicking CPU to `machine_kexec`,
// the others into the NMI handler that stops them. What the note holds is the interrupted state, or the
// middle of `__crash_kexec`; the frames from there to where the CPU came to rest lie below it.
import type { Registers } from '../arch/x86_64/registers.ts';
import { virtual } from '../bytes/address.ts';
import type { Dump } from '../types/dump.ts';
import type { Stacks } from './memory.ts';
import type { State, Unwinder } from './state.ts';
import { Text } from './text.ts';
import { type Trace, trace } from './trace.ts';
import { codeWords, stateAt } from './words.ts';

/**
 * Where a CPU of a crashed machine stays: the way into the next kernel, and the loops of CPUs that were
 * told to stop. arch/x86/kernel/{machine_kexec_64,reboot,process}.c, kernel/panic.c (5.10 to 7.2).
 */
const RESTING_PLACES = [
  'machine_kexec',
  'crash_nmi_callback',
  'nmi_panic_self_stop',
  'stop_this_cpu',
] as const;

/**
 * The trace that begins where the CPU came to rest and passes through the saved registers. Nothing else
 * on a stack does both, so it is as sure as the registers are.
 */
export function fromRest(
  unwinder: Unwinder,
  stacks: Stacks,
  registers: Registers,
): Trace | undefined {
  for (const state of restingStates(stacks)) {
    const found = passing(unwinder, stacks.dump, state, registers);
    if (found) return found;
  }
  return undefined;
}

/** Return addresses into a resting place, wherever they stand. */
function* restingStates(stacks: Stacks): Generator<State> {
  const places = restingPlaces(stacks.dump);
  for (const stack of stacks.ranges)
    for (const found of codeWords(stacks.dump, stack))
      if (places.some(({ from, to }) => found.word > from && found.word <= to))
        yield stateAt(stack, found, 'certain');
}

interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

const restingPlaces = (dump: Dump): readonly Range[] =>
  dump.memo(restingPlaces, () =>
    RESTING_PLACES.flatMap((name) => {
      const symbol = dump.symbols.lookup(name, null);
      return symbol ? [{ from: symbol.address, to: symbol.address + BigInt(symbol.size) }] : [];
    }),
  );

function passing(
  unwinder: Unwinder,
  dump: Dump,
  first: State,
  registers: Registers,
): Trace | undefined {
  const text = Text.of(dump);
  const savedIn = text.at(virtual(registers.ip)).start;
  let passed = false;
  // The registers were saved in the frame's own function, at the same depth: it has called on since.
  const adjust = (state: State): State => {
    if (passed || state.is !== 'return' || state.sp !== registers.sp) return state;
    if (text.atReturn(state.pc).start !== savedIn) return state;
    passed = true;
    return { ...state, bp: registers.bp };
  };
  const found = trace(unwinder, first, adjust);
  for (const { registers: saved } of found.exceptions.values())
    if (saved.ip === registers.ip && saved.sp === registers.sp) passed = true;
  return passed ? found : undefined;
}
