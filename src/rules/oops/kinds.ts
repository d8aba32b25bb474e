// Kinds of faults, in words.

import type { FaultSite } from '../../facts/fault-site.ts';
import type { BadPointer } from '../../facts/kit/bad-pointer.ts';

export interface KindOfFault {
  readonly title: string;
  /** A clause for those who know. */
  readonly what: string;
  /** For those who do not: what the function did. */
  readonly plain: string;
  /** What nobody can see from the fault alone; null: nothing. */
  readonly doubt: string | null;
  /** Whether somebody else may have damaged what the function used. */
  readonly isDamage: boolean;
}

export function kindOf(site: FaultSite): KindOfFault {
  const { access, exception } = site;
  if (site.overflow) return OVERFLOW;
  if (exception === 'invalid_op' && site.isTrap !== false) return checkFailed(site);
  // Only what is no address at all raises this one: another operand of the instruction was refused.
  const isOther = exception === 'general_protection' && access && IS_ADDRESS.has(access.pointer.is);
  if (access?.pointer.is === 'user' && access.isOfCall) return ofCall(access.kind ?? 'access');
  if (access?.removed) return ofRemoved(access.removed, access.kind ?? 'access');
  if (access && !isOther) return ofPointer(access.pointer, access.kind ?? 'access');
  return ofException(exception);
}

const IS_ADDRESS: ReadonlySet<string> = new Set(['null', 'user', 'unmapped', 'protected']);

const VERBS = {
  read: 'read through',
  write: 'wrote through',
  execute: 'called through',
  access: 'followed',
} as const;
type Verb = keyof typeof VERBS;

const INNOCENT =
  'a wild pointer or a broken state may be another’s doing: who damaged it was not examined';

function ofPointer(pointer: BadPointer, verb: Verb): KindOfFault {
  const followed = `${VERBS[verb]} a pointer`;
  const isCall = verb === 'execute';
  switch (pointer.is) {
    case 'null':
      return {
        title: isCall ? 'call through a NULL pointer' : 'NULL pointer dereference',
        what: isCall ? 'a NULL pointer was called' : 'a NULL pointer was followed',
        plain: `${followed} that points nowhere (NULL)`,
        doubt: null,
        isDamage: false,
      };
    case 'error':
      return {
        title: 'error code used as a pointer',
        what: `the error code ${pointer.code} was followed as if it were a pointer`,
        plain: `${followed} that was no pointer but an error’s number (${pointer.code})`,
        doubt: null,
        isDamage: false,
      };
    case 'freed':
      return {
        title: 'use after free',
        what: `a pointer was followed that was read from freed memory (filled with ${pointer.pattern})`,
        plain: 'used memory that had been given back already (use after free)',
        doubt:
          'the object was freed while it was still used: whether it was freed too early or used too late does not follow from the fault',
        isDamage: false,
      };
    case 'fresh':
      return {
        title: 'use of uninitialised memory',
        what: `a pointer was followed that nobody had set (memory filled with ${pointer.pattern})`,
        plain: 'used memory that nobody had filled in yet',
        doubt: 'who should have filled the object in does not follow from the fault',
        isDamage: false,
      };
    case 'list':
      return {
        title: 'use of a deleted list entry',
        what: `the mark of a deleted list entry was followed${pointer.which ? ` (its ${pointer.which})` : ''}`,
        plain: 'went on from an entry of a list that had been taken off it',
        doubt:
          'the entry was deleted while it was still used: whether it was deleted too early or used too late does not follow from the fault',
        isDamage: false,
      };
    case 'guard':
      return damaged('memory corruption', 'a pointer held the guard bytes of the slab allocator', {
        plain: `${followed} that had been overwritten`,
      });
    case 'text':
      return damaged(
        'pointer overwritten with text',
        `a pointer was followed that spells “${pointer.text}”`,
        {
          plain: `${followed} that had been overwritten: it holds the text “${pointer.text}”`,
        },
      );
    case 'user':
      return damaged('bad pointer', 'a pointer into a program’s memory was followed', {
        plain: `${followed} that leads into a program’s memory`,
      });
    case 'no-address':
      return damaged('wild pointer', 'a pointer that is no address was followed', {
        plain: 'used a value as a pointer that is no address',
      });
    case 'protected':
      return damaged(
        isCall ? 'call into data' : 'access to protected memory',
        isCall ? 'what was called is data' : 'the memory is there, and not for this access',
        { plain: `${followed} to memory that must not be used so` },
      );
    case 'unmapped':
      return damaged('bad pointer', 'a bad pointer was followed', {
        plain: `${followed} to memory that is not there`,
      });
  }
}

/** Programs' memory is for copy_from_user() and its like; the processor refuses it otherwise (SMAP, SMEP). */
const ofCall = (verb: Verb): KindOfFault => ({
  title: 'a program’s pointer followed as if it were the kernel’s',
  what: 'a pointer that the program had given with its system call was followed directly',
  plain: `${VERBS[verb]} a pointer that it got from a program, as if it were its own`,
  doubt: null,
  isDamage: false,
});

const ofRemoved = (module: string, verb: Verb): KindOfFault => ({
  title: 'use of a module that was removed',
  what: `memory was wanted where modules lie, and none is any more (the last that was removed: ${module})`,
  plain: `${VERBS[verb]} a pointer to something of a module that is no longer loaded (the last one removed: ${module})`,
  doubt: `which module lay there is not recorded: that it was ${module} follows from its being the last that was removed`,
  isDamage: false,
});

const damaged = (
  title: string,
  what: string,
  { plain }: { readonly plain: string },
): KindOfFault => ({ title, what, plain, doubt: INNOCENT, isDamage: true });

/** BUG(), WARN() and the checks of lists: lib/list_debug.c */
function checkFailed({ check, complaint }: FaultSite): KindOfFault {
  const where = check ? ` (${check.file ?? 'line'}:${check.line})` : '';
  if (complaint !== null) {
    const isTwice = /LIST_POISON|double add/.test(complaint);
    return {
      title: isTwice ? 'list entry deleted or added twice' : 'list corruption',
      what: `the check of lists failed${where}`,
      plain: isTwice
        ? 'changed a list with an entry that had been taken off or put on it already'
        : 'found a list whose entries no longer point at each other',
      doubt: isTwice
        ? 'which of the two was one too many does not follow from the fault'
        : 'a list is damaged by whoever changed it last without its lock, or overwrote it: that was not examined',
      isDamage: !isTwice,
    };
  }
  const isWarning = check?.isWarning === true;
  const known = KNOWN_CHECKS.find(([file]) => check?.file?.endsWith(file));
  if (known && !isWarning) {
    const [, title, plain, doubt] = known;
    return {
      title,
      what: `a check of the kernel’s own failed${where}`,
      plain,
      doubt,
      isDamage: false,
    };
  }
  return {
    title: isWarning ? 'WARN: a check failed' : 'BUG: a check failed',
    what: `a check of the kernel’s own failed${where}`,
    plain: isWarning
      ? 'found its own state to be wrong and warned (WARN), and the kernel is set to stop then'
      : 'found its own state to be wrong, and gave up (BUG)',
    doubt: 'a broken state may be another’s doing: who broke it was not examined',
    isDamage: false,
  };
}

/** Checks that say more than that something is wrong, by the file they are in (5.10 to 7.2). */
const KNOWN_CHECKS: readonly (readonly [
  file: string,
  title: string,
  plain: string,
  doubt: string,
])[] = [
  [
    'mm/slub.c',
    'memory freed twice, or the allocator’s lists damaged',
    'gave back memory that had been given back already, or whose allocator’s own lists are damaged',
    'whether it was freed twice, or its neighbour in memory written over the allocator’s list, and by whom, does not follow from the fault',
  ],
  [
    'mm/usercopy.c',
    'copy beyond an object',
    'was about to copy more between the kernel and a program than the object holds',
    'who computed the length was not examined',
  ],
  [
    'lib/string_helpers.c',
    'write beyond an object (FORTIFY_SOURCE)',
    'was about to write more into an object than it holds',
    'who computed the length was not examined',
  ],
  [
    'net/core/skbuff.c',
    'network packet beyond its buffer',
    'put more into a network packet’s buffer than it holds',
    'who computed the length was not examined',
  ],
];

const OVERFLOW: KindOfFault = {
  title: 'kernel stack overflow',
  what: 'the kernel stack was used up',
  plain: 'used up the kernel’s stack',
  doubt: null,
  isDamage: false,
};

/** By the entry's name: arch/x86/include/asm/idtentry.h */
const EXCEPTIONS: Readonly<Record<string, readonly [title: string, what: string, plain: string]>> =
  {
    divide_error: ['division by zero', 'a division by zero', 'divided by zero'],
    general_protection: [
      'general protection fault',
      'the processor refused an instruction',
      'did something that the processor does not allow',
    ],
    page_fault: [
      'bad pointer',
      'memory was wanted that is not there',
      'wanted memory that is not there',
    ],
    invalid_op: [
      'invalid opcode',
      'the processor was given an instruction that it does not know',
      'ran into an instruction that the processor does not know',
    ],
    double_fault: [
      'double fault',
      'an exception could not be handled',
      'failed in a way that the processor could not even report',
    ],
    stack_segment: [
      'stack fault',
      'the stack pointer is no address',
      'used a stack pointer that is no address',
    ],
  };

/** What the exception alone leaves open, and whether another's damage may be behind it. */
const DOUBTS: Readonly<Record<string, readonly [doubt: string, isDamage: boolean]>> = {
  divide_error: ['where the zero came from was not examined', false],
  invalid_op: [
    'whether the code was built so, was overwritten, or was jumped into at a wrong place does not follow from the fault',
    false,
  ],
};

function ofException(exception: string | null): KindOfFault {
  const [title, what, plain] = EXCEPTIONS[exception ?? ''] ?? [
    exception ? `exception ${exception}` : 'exception',
    `exception ${exception ?? 'unknown'}`,
    'did something that the processor refused',
  ];
  const [doubt, isDamage] = DOUBTS[exception ?? ''] ?? [INNOCENT, true];
  return { title, what, plain, doubt, isDamage };
}
