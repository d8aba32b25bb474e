// `p`: the value of a C expression.
import { isFault } from '../bytes/fault.ts';
import { possibleCpus } from '../kernel/cpus.ts';
import { hex, hex16 } from '../print/hex.ts';
import { declare } from '../types/c-declare.ts';
import type { CJson } from '../types/c-print.ts';
import { evaluate, type Scope, type Value } from '../types/expression.ts';
import { cpusNamed, splitCpuSpec } from './kit/cpu-spec.ts';
import { CommandError, type Context, defineCommand } from './kit/define.ts';
import { answering, scopeOf } from './kit/expression.ts';
import { type LaidOut, layoutOf, withLayout } from './kit/layout.ts';
import { printValue } from './kit/print-value.ts';
import { misused } from './kit/usage.ts';
import { userSpace } from './kit/user-space.ts';

export interface PValue {
  /** Of a per-CPU variable: whose copy. */
  readonly cpu: number | null;
  /** Where it lies; null: it was computed. */
  readonly address: string | null;
  /** Left out where only the addresses of a per-CPU variable were asked for. */
  readonly value?: CJson;
}

export interface PData {
  /** As C spells it: `struct task_struct *`. */
  readonly type: string;
  /** One, or one of each CPU asked for. */
  readonly values: readonly PValue[];
}

const options = {
  x: { type: 'boolean', help: 'integers in hexadecimal' },
  d: { type: 'boolean', help: 'integers in decimal' },
  u: { type: 'boolean', help: "addresses are the current task's user addresses" },
} as const;

const p = defineCommand({
  name: 'p',
  summary: 'the value of a C expression',
  operands: 'EXPRESSION | VARIABLE[:CPUS]',
  options,
  details: [
    "Symbols, members, array elements, pointers, casts, arithmetic, comparison, sizeof, enumerators, strings, gdb's @ and $n; per_cpu(NAME, CPU) and per_cpu_ptr(POINTER, CPU) are one CPU's copy.",
    'CPUS is a list such as 0,2-3, or "a" for all; nothing behind the colon is the current CPU. Without CPUS a per-CPU variable shows its type and addresses.',
    "A kernel's BTF does not say what type a variable has, except per-CPU ones; for many others inquest knows it. The rest need a cast, which takes the variable as what it is cast to: p (struct list_head)NAME.",
  ],
  takesQuotes: true,
  examples: [
    ['p init_task.comm', 'a member'],
    ['p &((struct task_struct *)0)->tasks', "a member's offset"],
    ['p -x sizeof(struct task_struct) * 2', 'arithmetic'],
    ['p per_cpu(runqueues, 0).nr_running', "one CPU's copy"],
  ],
  /** All behind the options is one expression, whatever it begins with. */
  spell(words) {
    const first = words.findIndex((word) => !/^[-/][xdu]+$/.test(word));
    if (first < 0) return words;
    const letters = words.slice(0, first).map((word) => word.replace('/', '-'));
    if (/^-[a-z]+$/i.test(words[first] ?? '')) return words;
    return [...letters, '--', words.slice(first).join(' ')];
  },

  run(context, { x, d, u }, operands): LaidOut<PData, readonly string[]> {
    if (x && d) throw new CommandError('usage', 'p: -d and -x are mutually exclusive');
    const text = operands.join(' ').trim();
    if (text === '') throw misused(p);
    const radix = x ? 16 : d ? 10 : context.session.radix;
    const scope = scopeOf(context, u ? userSpace(context, 'p') : undefined);
    return answering('p', () => {
      const { name, spec } = splitCpuSpec(text);
      const variable = /^\w+$/.test(name) ? scope.variable(name) : undefined;
      if (variable?.isPerCpu && variable.type !== undefined) {
        if (spec === undefined) return listCopies(scope, name, variable);
        const cpus = cpusNamed(context, 'p', spec);
        return printCopies(context, scope, name, variable, cpus, radix);
      }
      const isIgnored = variable !== undefined && spec !== undefined;
      if (isIgnored) context.warn(`${name} is not percpu; cpuspec ignored.`);
      const value = evaluate(scope, isIgnored ? name : text);
      const printed = printValue(context, 'p', scope, value, radix);
      const label = variable ? `${name} = ` : '';
      const { type, address, json } = printed;
      return withLayout({ type, values: [{ cpu: null, address, value: json }] }, [
        assignment(label, remember(context, value), printed.text),
      ]);
    });
  },

  *render(data) {
    yield* layoutOf(data);
  },
});

export default p;

/** crash puts an array or a function on a line of its own. */
function assignment(label: string, number: number, text: string): string {
  const isBroken = label !== '' && /^\{./.test(text);
  return `${label}$${number} = ${isBroken ? '\n ' : ''}${text}`;
}

/** Its number in the history. */
const remember = ({ session }: Context, value: Value): number => session.values.push(value);

type PerCpu = NonNullable<ReturnType<Scope['variable']>>;

function listCopies(scope: Scope, name: string, { at, type = 0 }: PerCpu) {
  const lines = [
    'PER-CPU DATA TYPE:',
    `  ${declare(scope.types, type, name)};`,
    'PER-CPU ADDRESSES:',
  ];
  const values: PValue[] = [];
  for (const cpu of possibleCpus(scope.dump)) {
    const copy = scope.dump.perCpuAddress(at, cpu);
    values.push({ cpu, address: isFault(copy) ? null : hex(copy) });
    lines.push(`  [${cpu}]: ${isFault(copy) ? '?' : hex16(copy)}`);
  }
  return withLayout({ type: declare(scope.types, type, ''), values }, lines);
}

function printCopies(
  context: Context,
  scope: Scope,
  name: string,
  { at, type = 0 }: PerCpu,
  cpus: readonly number[],
  radix: 10 | 16,
) {
  const lines: string[] = [];
  const values: PValue[] = [];
  for (const cpu of cpus) {
    const copy = scope.dump.perCpuAddress(at, cpu);
    if (isFault(copy)) {
      context.warn(`p: CPU ${cpu}: ${copy.explain()}`);
      values.push({ cpu, address: null, value: null });
      continue;
    }
    const value: Value = { kind: 'place', type, at: copy };
    const printed = printValue(context, 'p', scope, value, radix);
    values.push({ cpu, address: hex(copy), value: printed.json });
    const label = `per_cpu(${name}, ${cpu}) = `;
    lines.push(assignment(label, remember(context, value), printed.text));
  }
  return withLayout({ type: declare(scope.types, type, ''), values }, lines);
}
