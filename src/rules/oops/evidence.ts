// What shows a fault, as commands.
import type { FaultSite } from '../../facts/fault-site.ts';
import { type FrameFact, spell } from '../../facts/kit/frames.ts';
import { heldIn } from '../../facts/kit/pointer-source.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Evidence, see } from '../kit/define.ts';
import { exceptionLine, frameLine, literal } from '../kit/text.ts';
import { isAsLogged, plain } from './culprit.ts';

export function evidenceOf(site: FaultSite, trigger: Trigger, culprit: FrameFact): Evidence[] {
  return [
    ...loggedName(site, trigger),
    ...stack(site, trigger, culprit),
    ...tailCall(site, culprit),
    ...instruction(site),
    ...register(site, trigger),
    ...memory(site),
    ...freed(site),
    ...divisor(site),
    ...check(site),
    ...loggedAddress(site),
  ];
}

const hex16 = (address: string): string => address.slice(2).padStart(16, '0');

function loggedName({ at, access }: FaultSite, { kind, message }: Trigger): Evidence[] {
  if (message === null || kind !== 'oops') return [];
  const rip =
    access?.kind === 'execute'
      ? `0x${BigInt(access.address).toString(16)}\\b`
      : `${literal(at.symbol ?? '')}\\+`;
  return [
    see(
      `the log names the fault and ${access?.kind === 'execute' ? access.address : spell(at)}`,
      'log',
      new RegExp(literal(message)),
      new RegExp(`\\bRIP: [0-9a-f]{4}:${rip}`),
    ),
  ];
}

function stack(
  { at, callers, access, tailCaller }: FaultSite,
  { pid, cpu }: Trigger,
  culprit: FrameFact,
): Evidence[] {
  if (pid === null) return [];
  const isAstray = access?.kind === 'execute';
  return [
    see(
      isAstray
        ? `the stack of the task on CPU ${cpu}: from ${spell(at)} the way led to what is no function`
        : `the stack of the task on CPU ${cpu}: the exception broke in on ${spell(at)}`,
      `bt ${pid}`,
      isAstray ? frameLine(at) : exceptionLine(at),
      ...(culprit === at || culprit === tailCaller?.frame ? [] : [frameLine(culprit)]),
      ...callers.slice(0, 2).map(frameLine),
    ),
  ];
}

/** A function that jumped on has no frame: the call to it is still there. */
function tailCall({ access, at, callers, tailCaller }: FaultSite, culprit: FrameFact): Evidence[] {
  if (!tailCaller || culprit !== tailCaller.frame) return [];
  const isAstray = access?.kind === 'execute';
  const caller = isAstray ? at : callers[0];
  const to = isAstray ? 'through the pointer' : `to ${spell(at)}`;
  return [
    see(
      `${caller ? spell(caller) : 'the caller'} had called ${spell(culprit)}, which jumped on ${to} as its last act and so has no frame`,
      `dis ${tailCaller.call} 1`,
      new RegExp(`\\bcall\\w*\\s.*<${literal(culprit.symbol ?? '')}`),
    ),
  ];
}

/** The operand as objdump spells it: `0x28(%rax)`. */
function instruction({ at, access }: FaultSite): Evidence[] {
  const base = access?.base;
  if (!access || !base || access.kind === 'execute') return [];
  const { register: name, displacement } = base;
  // `%ds:(%rsi)`, `%es:(%rdi)`: objdump names the segments of a copy.
  const operand = `${displacement === 0 ? '' : plain(displacement)}(%${name})`;
  return [
    see(
      `the instruction there ${access.kind === null ? 'uses' : access.kind === 'read' ? 'reads' : 'writes'} ${operand}${access.expression ? `, which is ${access.expression}` : ''}`,
      `dis ${at.pc} 1`,
      new RegExp(literal(operand)),
    ),
  ];
}

function register({ access }: FaultSite, { pid }: Trigger): Evidence[] {
  const base = access?.base;
  if (!access || !base || pid === null) return [];
  const claim =
    access.kind === 'execute'
      ? `the call went through ${base.register}, which was ${base.value}`
      : `the instruction used ${base.register}, which was ${base.value}, with ${plain(base.displacement)} added: ${access.address}`;
  return [
    see(
      claim,
      `bt ${pid}`,
      new RegExp(`\\b${base.register.toUpperCase()}: ${hex16(base.value)}\\b`),
    ),
  ];
}

/** The memory that held the bad pointer holds it still. */
function memory({ access, source }: FaultSite): Evidence[] {
  const held = heldIn(source);
  if (!held || !access) return [];
  const at = BigInt.asUintN(64, BigInt(held.object.address) + BigInt(held.offset));
  const [, last] = held.expression?.match(/->(\w+)$/) ?? [];
  if (last && /^struct \w+$/.test(held.object.type))
    return [
      see(
        `the code had loaded the pointer from there: ${held.expression} is ${held.value}`,
        `${held.object.type}.${last} ${held.object.address.slice(2)}`,
        new RegExp(`\\b${last} = .*${literal(held.value)}\\b`),
      ),
    ];
  const name =
    held.expression ?? `the pointer at offset ${plain(held.offset)} of ${held.object.address}`;
  return [
    see(
      `the code had loaded the pointer from there: ${name} is ${held.value}`,
      `rd ${at.toString(16)}`,
      new RegExp(`^${at.toString(16)}:\\s+${hex16(held.value)}\\b`),
    ),
  ];
}

function divisor({ divisor: by }: FaultSite): Evidence[] {
  if (!by?.memory) return [];
  const at = by.memory.address.slice(2);
  return [see('what it divided by is 0', `rd -32 ${at} 1`, new RegExp(`^${at}:\\s+00000000\\b`))];
}

/** The slab allocator keeps who freed an object behind it, with slub_debug=U. */
function freed({ access, source }: FaultSite): Evidence[] {
  const by = heldIn(source)?.freedBy;
  if (access?.pointer.is !== 'freed' || !by) return [];
  const name = spell({ ...by, pc: by.from });
  return [
    see(
      `behind the object the slab allocator wrote who freed it: a call in ${name}`,
      `rd ${by.track.slice(2)} 1`,
      new RegExp(`:\\s+${hex16(by.from)}\\b`),
    ),
    see(`that address is in ${name}`, `sym ${by.from.slice(2)}`, new RegExp(literal(by.function))),
  ];
}

function check({ check: found, complaint, warning }: FaultSite): Evidence[] {
  const evidence: Evidence[] = [];
  if (warning !== null)
    evidence.push(see('what the warning says of itself', 'log', new RegExp(literal(warning))));
  if (complaint !== null)
    evidence.push(
      see('the kernel says what is wrong with the list', 'log', new RegExp(literal(complaint))),
    );
  const entry = complaint?.match(
    /\b(?:corruption,|corruption\. .*?)?\s?([0-9a-f]{16})->(?:next|prev) is LIST_POISON/,
  )?.[1];
  if (entry)
    evidence.push(
      see(
        'the entry bears the marks that deleting one leaves',
        `rd ${entry} 2`,
        /\bdead000000000100 dead000000000122\b/,
      ),
    );
  if (found && complaint === null && !found.isWarning && found.file !== null)
    evidence.push(
      see(
        'the log names the same check as the kernel’s own table',
        'log',
        new RegExp(`kernel BUG at ${literal(found.file)}:${found.line}!`),
      ),
    );
  if (found?.isWarning && found.file !== null)
    evidence.push(
      see(
        'the log has the warning of that check',
        'log',
        new RegExp(`^.*WARNING: (?:CPU: .* at )?${literal(found.file)}:${found.line}\\b`),
      ),
    );
  return evidence;
}

function loggedAddress(site: FaultSite): Evidence[] {
  const { loggedAddress: logged, exception } = site;
  if (logged === null || !isAsLogged(site)) return [];
  if (exception === 'page_fault')
    return [
      see(
        `the processor wanted the same address, ${logged}`,
        'log',
        new RegExp(`^.*\\bCR2: ${hex16(logged)}`),
      ),
    ];
  return [
    see(
      'the kernel itself took the same for an address',
      'log',
      new RegExp(`general protection fault.*address ${logged}\\b`),
    ),
  ];
}
