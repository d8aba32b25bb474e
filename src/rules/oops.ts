// The kernel faulted: in which function, on which memory, and where the bad pointer came from.

import { type FaultSite, faultSite } from '../facts/fault-site.ts';
import { type FrameFact, isUnasked, spell } from '../facts/kit/frames.ts';
import { tasks } from '../facts/tasks.ts';
import { type Trigger, trigger } from '../facts/trigger.ts';
import { type Blame, defineRule, doubt, type Evidence, see, suspect } from './kit/define.ts';
import { asSuspect, exceptionLine, frameLine, literal, nameOf } from './kit/text.ts';
import type { Confidence, NextStep, Suspect } from './kit/verdict.ts';

/** The first page is never mapped: a pointer below this is NULL with a member's offset. */
const PAGE = 0x1000n;

/**
 * Functions that everyone calls with pointers of their own: who called them is asked instead. lib/string.c,
 * arch/x86/lib/mem*_64.S, lib/list_debug.c, kernel/locking, mm/slub.c (5.10 to 7.2).
 */
const HELPERS =
  /^(?:__)?(?:mem(?:cpy|set|move|cmp|chr)\w*|str\w+|list_\w+_valid\w*|list_add\w*|list_del\w*|rb_\w+|_?raw_\w+lock\w*|native_queued_spin_lock_slowpath|mutex_\w*lock\w*|down\w*|up\w*|kfree|kmalloc\w*|kmem_cache_\w+|refcount_\w+|copy_(?:to|from)_user\w*|clear_page\w*|copy_page\w*)$/;

export default defineRule({
  id: 'oops',
  title: 'the kernel faulted',
  needs: { site: faultSite, tasks, trigger },
  silence: 'the kernel did not fault',

  *judge({ site, tasks, trigger }) {
    if (trigger.kind !== 'oops') return;
    if (!site) {
      yield doubt('the kernel faulted, but the registers of the fault were not found');
      return;
    }
    const task = tasks.find((t) => t.pid === trigger.pid);
    const isHelper = HELPERS.test(site.at.function ?? '');
    const culprit = isHelper
      ? site.callers.find((frame) => !HELPERS.test(frame.function ?? ''))
      : site.at;
    if (!culprit?.function) {
      yield doubt(`the kernel faulted at ${site.at.pc}, where no symbol is known`);
      return;
    }
    const kind = kindOf(site);
    const { confidence, doubts } = sureness(site, isHelper, kind);
    const where = spell(culprit);
    const what = `${kind.what} in ${spell(site.at)}${isHelper ? `, called by ${where}` : ''}`;
    const isInterrupt = site.callers.some(isUnasked);
    const by = !task
      ? ''
      : isInterrupt
        ? `, in an interrupt that came while ${nameOf(task)} ran`
        : `, while it served ${nameOf(task)}`;
    yield {
      says: 'blame',
      where: 'kernel',
      kind: 'crash',
      title: kind.title,
      confidence,
      headline: `The kernel crashed: ${culprit.module ? `the module ${culprit.module}, in its function ${culprit.function},` : `its function ${culprit.function}`} ${kind.plain}${by}.`,
      because: `${what}${accessWords(site)}`,
      suspects: suspectsOf(site, culprit, task, trigger, kind),
      evidence: evidenceOf(site, trigger, culprit),
      next: nextSteps(culprit, trigger),
      doubts,
    } satisfies Blame;
  },
});

interface KindOfFault {
  readonly title: string;
  /** For those who know. */
  readonly what: string;
  /** For those who do not. */
  readonly plain: string;
  readonly isNull: boolean;
}

function kindOf({ exception, access }: FaultSite): KindOfFault {
  const base = access?.base;
  const isNull =
    exception === 'page_fault' &&
    access !== null &&
    BigInt(access.address) < PAGE &&
    (!base || BigInt(base.value) < PAGE);
  const verb =
    access?.kind === 'write'
      ? 'wrote through'
      : access?.kind === 'read'
        ? 'read through'
        : 'followed';
  if (isNull)
    return {
      title: 'NULL pointer dereference',
      what: 'a NULL pointer was followed',
      plain: `${verb} a pointer that points nowhere (NULL)`,
      isNull,
    };
  switch (exception) {
    case 'page_fault':
      return {
        title: 'bad pointer',
        what: 'a bad pointer was followed',
        plain: `${verb} a pointer to memory that is not there`,
        isNull,
      };
    case 'general_protection':
      return {
        title: 'general protection fault',
        what: 'a pointer that is no address was followed',
        plain: 'used a value as a pointer that is no address',
        isNull,
      };
    case 'invalid_op':
      return {
        title: 'BUG: a check failed',
        what: 'a check of the kernel’s own failed',
        plain: 'found its own state to be wrong, and gave up (BUG)',
        isNull,
      };
    case 'divide_error':
      return {
        title: 'division by zero',
        what: 'a division by zero',
        plain: 'divided by zero',
        isNull,
      };
    default:
      return {
        title: exception ? `exception ${exception}` : 'exception',
        what: `exception ${exception ?? 'unknown'}`,
        plain: 'did something that the processor refused',
        isNull,
      };
  }
}

function sureness(
  site: FaultSite,
  isHelper: boolean,
  { isNull }: KindOfFault,
): { confidence: Confidence; doubts: string[] } {
  const doubts: string[] = [];
  const { access, loggedAddress, source } = site;
  const isSame =
    access !== null && loggedAddress !== null && BigInt(access.address) === BigInt(loggedAddress);
  if (!site.isWhole)
    doubts.push(
      'the stack could not be unwound to its end: who called the function is not certain',
    );
  if (access && loggedAddress !== null && !isSame)
    doubts.push(
      `the registers give ${access.address} as the address that was wanted, the log ${loggedAddress}: one of them is of another moment`,
    );
  if (!isNull)
    doubts.push(
      'a wild pointer or a broken state may be another’s doing: who damaged it was not examined',
    );
  if (isHelper)
    doubts.push(
      `${site.at.function} is called by everyone: its caller is blamed, which may itself have been given the bad pointer`,
    );
  if (isNull && !source)
    doubts.push('where the NULL came from was not found: the function may have been given it');
  const isProven = isNull && isSame && source !== null && site.isWhole && !isHelper;
  return { confidence: isProven ? 'proven' : doubts.length > 1 ? 'possible' : 'likely', doubts };
}

function accessWords({ access, source }: FaultSite): string {
  if (!access) return '';
  const { base } = access;
  const through = base
    ? ` (${base.register} ${base.value}${base.displacement ? ` ${offset(base.displacement)}` : ''})`
    : '';
  const from = source
    ? `; the pointer came from the object at ${source.object}, at offset ${plain(source.offset)}`
    : '';
  return `: ${access.kind ?? 'access'} at ${access.address}${through}${from}`;
}

const plain = (n: number): string => `${n < 0 ? '-' : ''}0x${Math.abs(n).toString(16)}`;
const offset = (n: number): string => `${n < 0 ? '-' : '+'} 0x${Math.abs(n).toString(16)}`;

function suspectsOf(
  site: FaultSite,
  culprit: FrameFact,
  task: Parameters<typeof nameOf>[0] | undefined,
  trigger: Trigger,
  kind: KindOfFault,
): Suspect[] {
  const { source } = site;
  const full = task as Parameters<typeof asSuspect>[0] | undefined;
  return [
    suspect('culprit', `${kind.what} here${accessWords(site)}`, {
      cpu: trigger.cpu,
      function: { name: culprit.function as string, module: culprit.module },
      object: source
        ? {
            type: 'object whose type is not recorded',
            name: null,
            address: source.object,
            module: null,
          }
        : undefined,
    }),
    ...(full
      ? [
          suspect(
            'trigger',
            site.callers.some(isUnasked)
              ? 'an interrupt broke in on it, and the fault happened there'
              : `it was in the kernel, in ${spell(site.at)}, when that happened`,
            {
              task: asSuspect(full),
              cpu: trigger.cpu,
            },
          ),
        ]
      : []),
  ];
}

function evidenceOf(site: FaultSite, trigger: Trigger, culprit: FrameFact): Evidence[] {
  const { at, access, loggedAddress, callers } = site;
  const evidence: Evidence[] = [];
  const symbol = literal(at.symbol ?? '');
  if (trigger.message !== null)
    evidence.push(
      see(
        `the log names the fault and ${spell(at)}`,
        'log',
        new RegExp(literal(trigger.message)),
        new RegExp(`\\bRIP: [0-9a-f]{4}:${symbol}\\+`),
      ),
    );
  if (trigger.pid !== null) {
    evidence.push(
      see(
        `the stack of the task on CPU ${trigger.cpu}: the exception broke in on ${spell(at)}`,
        `bt ${trigger.pid}`,
        exceptionLine(at),
        ...(culprit === at ? [] : [frameLine(culprit)]),
        ...callers.slice(0, 2).map(frameLine),
      ),
    );
    const base = access?.base;
    if (base)
      evidence.push(
        see(
          `the instruction used ${base.register}, which was ${base.value}, with ${plain(base.displacement)} added: ${access.address}`,
          `bt ${trigger.pid}`,
          new RegExp(
            `\\b${base.register.toUpperCase()}: ${base.value.slice(2).padStart(16, '0')}\\b`,
          ),
        ),
      );
  }
  if (site.source && trigger.pid !== null)
    evidence.push(
      see(
        `the code had loaded that pointer from the object at ${site.source.object}, at offset ${plain(site.source.offset)}: a register still held the object’s address`,
        `bt ${trigger.pid}`,
        new RegExp(`\\bR\\w+: ${site.source.object.slice(2).padStart(16, '0')}\\b`),
      ),
    );
  if (access && loggedAddress !== null && BigInt(access.address) === BigInt(loggedAddress))
    evidence.push(
      see(
        `the processor wanted the same address, ${loggedAddress}`,
        'log',
        new RegExp(`^.*\\bCR2: ${loggedAddress.slice(2).padStart(16, '0')}`),
      ),
    );
  return evidence;
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
