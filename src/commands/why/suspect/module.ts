// What a dump says of one module, beside what the rules say.
import { clock } from '../../../facts/clock.ts';
import { interrupts } from '../../../facts/interrupts.ts';
import { kernelWaits } from '../../../facts/kernel-waits.ts';
import { type ModuleFact, modules } from '../../../facts/modules.ts';
import { tasks } from '../../../facts/tasks.ts';
import { trigger } from '../../../facts/trigger.ts';
import type { Look } from '../../../rules/judge.ts';
import { spellLock } from '../../../rules/kernel-locks/words.ts';
import { count, literal, nameOf, seconds } from '../../../rules/kit/text.ts';
import { type Claim, fact } from './suspicion.ts';
import { listed } from './words.ts';

/** As stacks show it behind a function's address. */
const mark = (name: string): RegExp => new RegExp(` \\[${literal(name)}\\]`);

export function* factsOfModule(module: ModuleFact, look: Look): Generator<Claim> {
  yield* wayToTheEnd(module, look);
  yield* stacksOf(module, look);
  yield* locksOf(module, look);
  yield* interruptsOf(module, look);
  yield* taintsOf(module);
}

/** Whether its code is on the stack that ended in panic(). */
function* wayToTheEnd({ name }: ModuleFact, look: Look): Generator<Claim> {
  const found = look(trigger).value;
  const task = look(tasks).value.find((t) => t.pid === found.pid && t.runningOn === found.cpu);
  const command = task && task.pid !== 0 ? `bt ${task.pid}` : 'bt';
  if (found.kind === 'oops' && found.module === name)
    yield fact(
      'pointsAtIt',
      `the kernel faulted in its function ${found.function}`,
      command,
      mark(name),
    );
  else if (found.messengers.some((frame) => frame.module === name))
    yield fact(
      'clearsIt',
      'its code carried the news of the end: an interrupt broke in on what ran there, and it called, or passed on to, panic()',
      command,
      mark(name),
    );
}

function* stacksOf({ name, onStacksOf }: ModuleFact, look: Look): Generator<Claim> {
  const { stacks, wholeStacks } = look(modules).value;
  const all = look(tasks).value;
  if (onStacksOf.length === 0) {
    const rest = stacks - wholeStacks;
    yield {
      ...fact(
        'clearsIt',
        `none of its functions stands on any of ${count(stacks, 'stack')}${rest > 0 ? `, ${rest} of which could not be unwound to the end` : ', all unwound to the end'}: it was not at work when the machine stopped`,
        'foreach bt',
      ),
      absent: mark(name),
    };
    return;
  }
  const users = onStacksOf.map((pid) => all.find((t) => t.pid === pid));
  const names = users.flatMap((task) => (task ? [nameOf(task)] : []));
  const onCpu = users.filter((task) => task && task.runningOn !== null).length;
  yield fact(
    'beside',
    `its functions stand on ${count(onStacksOf.length, 'stack')} of ${stacks}, ${onCpu} of them on a CPU: ${listed(names)}`,
    `bt ${onStacksOf[0]}`,
    mark(name),
  );
}

/** Locks that are its variables, and for which others wait. */
function* locksOf({ name }: ModuleFact, look: Look): Generator<Claim> {
  const waits = look(kernelWaits).value;
  const own = new Map(
    waits.flatMap(({ queue }) =>
      queue?.object.module === name ? [[queue.object.address, queue] as const] : [],
    ),
  );
  for (const { object, words, holder } of own.values()) {
    const line = waits.filter(({ queue }) => queue?.object.address === object.address);
    yield fact(
      'pointsAtIt',
      `${count(line.length, 'task')} wait${line.length === 1 ? 's' : ''} for its lock ${spellLock(object)}${holder?.pid == null ? '' : `, which pid ${holder.pid} holds`}`,
      `rd ${object.address} ${words}`,
      new RegExp(`^${object.address.slice(2)}:`),
    );
  }
}

function* interruptsOf({ name }: ModuleFact, look: Look): Generator<Claim> {
  const own = look(interrupts).value.filter(({ module }) => module === name);
  const { nowNs } = look(clock).value;
  if (own.length === 0 || nowNs === null || nowNs <= 0) return;
  const total = own.flatMap(({ perCpu }) => perCpu).reduce((sum, { count: n }) => sum + n, 0);
  yield fact(
    'beside',
    `it served ${count(total, 'interrupt')} in ${seconds(nowNs)}, ${((total * 1e9) / nowNs).toFixed(1)} a second`,
    null,
  );
}

/** Letters of TAINT_*: kernel/panic.c */
const TAINTS: Readonly<Record<string, string>> = {
  O: 'it was built outside of the kernel’s own tree',
  E: 'it is not signed',
  P: 'it is proprietary',
  C: 'it is from the kernel’s staging area',
  F: 'it was loaded by force',
};

function* taintsOf({ name, taints }: ModuleFact): Generator<Claim> {
  const said = [...(taints ?? '')].flatMap((letter) => TAINTS[letter] ?? []);
  if (said.length > 0)
    yield fact(
      'beside',
      `${listed(said)}: fewer have looked at its code; that proves nothing`,
      'mod -t',
      new RegExp(`^${literal(name)}\\b`),
    );
}
