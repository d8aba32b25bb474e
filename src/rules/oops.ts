// The kernel faulted, or a check of its own failed: in which function, on which memory, and where the bad pointer came from.
import { type FaultSite, faultSite } from '../facts/fault-site.ts';
import { type FrameFact, isUnasked, spell } from '../facts/kit/frames.ts';
import type { KernelObject } from '../facts/kit/object.ts';
import { heldIn } from '../facts/kit/pointer-source.ts';
import { type TaskFact, tasks } from '../facts/tasks.ts';
import { type Trigger, trigger } from '../facts/trigger.ts';
import { type Blame, defineRule, doubt, suspect } from './kit/define.ts';
import { asSuspect, nameOf } from './kit/text.ts';
import type { NextStep, Suspect } from './kit/verdict.ts';
import { accessWords, culpritOf, sureness } from './oops/culprit.ts';
import { evidenceOf } from './oops/evidence.ts';
import { type KindOfFault, kindOf } from './oops/kinds.ts';

export default defineRule({
  id: 'oops',
  title: 'the kernel faulted',
  needs: { site: faultSite, tasks, trigger },
  silence: 'the kernel did not fault',

  *judge({ site, tasks, trigger }) {
    if (trigger.kind !== 'oops' && trigger.detector !== 'warning') return;
    if (!site) {
      yield doubt('the kernel faulted, but the registers of the fault were not found');
      return;
    }
    const culprit = culpritOf(site);
    if (!culprit?.function) {
      yield doubt(`the kernel faulted at ${site.at.pc}, where no symbol is known`);
      return;
    }
    const task = tasks.find((t) => t.pid === trigger.pid);
    const kind = kindOf(site);
    const isCalled = culprit !== site.at && !site.overflow;
    const what = `${kind.what} in ${spell(site.at)}${isCalled ? `, called by ${spell(culprit)}` : ''}${accessWords(site)}`;
    yield {
      says: 'blame',
      where: 'kernel',
      kind: 'crash',
      title: kind.title,
      headline: `The kernel crashed: ${culprit.module ? `the module ${culprit.module}, in its function ${culprit.function},` : `its function ${culprit.function}`} ${kind.plain}${circumstance(site.callers, task)}.`,
      because: what,
      suspects: [
        culpritAs(
          kind,
          culprit,
          trigger,
          accessWords(site),
          removedModule(site) ?? heldIn(site.source)?.object ?? site.entry,
        ),
        ...freedBy(site),
        ...triggeredBy(site.at, site.callers, task, trigger),
      ],
      evidence: evidenceOf(site, trigger, culprit),
      next: nextSteps(culprit, trigger),
      ...sureness(site, kind),
    } satisfies Blame;
  },
});

function circumstance(callers: readonly FrameFact[], task: TaskFact | undefined): string {
  if (!task) return '';
  return callers.some(isUnasked)
    ? `, in an interrupt that came while ${nameOf(task)} ran`
    : `, while it served ${nameOf(task)}`;
}

function culpritAs(
  kind: KindOfFault,
  culprit: FrameFact,
  { cpu }: Trigger,
  over: string,
  object: KernelObject | null,
): Suspect {
  return suspect('culprit', `${kind.what} here${over}`, {
    cpu,
    function: { name: culprit.function as string, module: culprit.module },
    object: object
      ? { ...object, type: object.type || 'object whose type is not recorded' }
      : undefined,
  });
}

/** What was wanted lay in a module that is no longer there. */
const removedModule = ({ access }: FaultSite): KernelObject | null =>
  access?.removed
    ? { type: 'module', name: access.removed, address: access.address, module: access.removed }
    : null;

/** Who gave the object back that was still used: it or the user of it is wrong. */
function freedBy({ access, source }: FaultSite): Suspect[] {
  const freed = heldIn(source)?.freedBy;
  if (access?.pointer.is !== 'freed' || !freed) return [];
  return [
    suspect('culprit', `it had freed the object that was still used (pid ${freed.pid} did)`, {
      function: { name: freed.function, module: freed.module },
    }),
  ];
}

function triggeredBy(
  at: FrameFact,
  callers: readonly FrameFact[],
  task: TaskFact | undefined,
  { cpu }: Trigger,
): Suspect[] {
  if (!task) return [];
  const why = callers.some(isUnasked)
    ? 'an interrupt broke in on it, and the fault happened there'
    : `it was in the kernel, in ${spell(at)}, when that happened`;
  return [suspect('trigger', why, { task: asSuspect(task), cpu })];
}

function nextSteps(culprit: FrameFact, trigger: Trigger): NextStep[] {
  const steps: NextStep[] = [];
  if (culprit.module)
    steps.push({
      text: `Ask who maintains the module ${culprit.module}, with this stack; see whether it is part of the kernel or was built outside.`,
      command: 'mod -t',
    });
  if (trigger.pid !== null)
    steps.push({
      text: 'See the stack with its contents: what the function and its callers worked on.',
      command: `bt -f ${trigger.pid}`,
    });
  return steps;
}
