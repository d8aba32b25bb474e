// Whose function it was, and how sure that is.
import type { FaultSite } from '../../facts/fault-site.ts';
import { callsOthers, isHelper } from '../../facts/kit/everyone.ts';
import { type FrameFact, spell } from '../../facts/kit/frames.ts';
import { type HeldIn, heldIn } from '../../facts/kit/pointer-source.ts';
import { isUserOf } from '../../facts/kit/stack-use.ts';
import { join } from '../kit/text.ts';
import type { Confidence } from '../kit/verdict.ts';
import type { KindOfFault } from './kinds.ts';

export function culpritOf(site: FaultSite): FrameFact | undefined {
  const frames = [site.at, ...site.callers];
  // Who used the stack up, not who happened to need the last of it.
  const [user] = site.overflow ?? [];
  if (user) return frames.find((frame) => isUserOf(user, frame));
  const [first] = frames;
  const isBeside = site.access?.kind === 'execute' || (first !== undefined && isHelper(first));
  if (isBeside && site.tailCaller && !isHelper(site.tailCaller.frame)) return site.tailCaller.frame;
  return frames.find((frame) => !isHelper(frame));
}

export function sureness(
  site: FaultSite,
  kind: KindOfFault,
): { confidence: Confidence; doubts: string[] } {
  const doubts: string[] = [];
  const { access, source } = site;
  if (!site.isWhole)
    doubts.push(
      'the stack could not be unwound to its end: who called the function is not certain',
    );
  if (access && site.loggedAddress !== null && !isAsLogged(site))
    doubts.push(
      `the registers give ${access.address} as the address that was wanted, the log ${site.loggedAddress}: one of them is of another moment`,
    );
  if (kind.doubt) doubts.push(kind.doubt);
  if (isHelper(site.at) && !site.overflow && site.complaint === null)
    doubts.push(
      `${site.at.function} is called by everyone: its caller is blamed, which may itself have been given the bad pointer`,
    );
  if (access?.kind === 'execute' && callsOthers(site.at))
    doubts.push(
      `${site.at.function} calls what others have registered: who registered this is not seen`,
    );
  const isNull = access?.pointer.is === 'null' || access?.pointer.is === 'error';
  if (isNull && !source && !isHelper(site.at))
    doubts.push('where the NULL came from was not found: the function may have been given it');
  if (isNull && source?.from === 'argument')
    doubts.push(
      `the function was given the pointer by ${source.by ?? 'whoever called it'}: which of the two should have looked at it does not follow from the fault`,
    );
  const isSeen = isNull && heldIn(source) !== null && source?.from === 'memory';
  // Code of the kernel proper works on everybody's objects: one that a driver damaged looks the same.
  const isOwn = culpritOf(site)?.module !== null;
  if (isSeen && !isOwn)
    doubts.push('the kernel’s own function worked on an object that another may have damaged');
  const isProven =
    (isSeen && isOwn && isAsLogged(site) && site.isWhole && !isHelper(site.at)) ||
    (site.overflow !== null && doubts.length === 0 && isRecursion(site));
  if (isProven) return { confidence: 'proven', doubts };
  return { confidence: kind.isDamage || doubts.length > 1 ? 'possible' : 'likely', doubts };
}

/** One function many times over: nothing else can have used the stack up. */
export const isRecursion = ({ overflow }: FaultSite): boolean => (overflow?.[0]?.frames ?? 0) > 8;

/**
 * A page fault's address is the processor's own; of a general protection fault the kernel works it out as we do, on 5.10
 * without what the instruction adds. arch/x86/kernel/traps.c, get_kernel_gp_address()
 */
export function isAsLogged({ access, exception, loggedAddress: logged }: FaultSite): boolean {
  if (!access || logged === null) return false;
  const isPointer = exception !== 'page_fault' && access.base?.value === logged;
  return isPointer || BigInt(access.address) === BigInt(logged);
}

/** What the fault was over, for those who know. */
export function accessWords(site: FaultSite): string {
  const { access, overflow, divisor } = site;
  const complaint = site.complaint ?? site.warning;
  if (overflow) return overflowWords(overflow);
  if (complaint !== null) return `: “${complaint}”`;
  if (divisor) return divisorWords(divisor);
  if (!access) return '';
  const { base } = access;
  const through = base
    ? ` (${base.register} ${base.value}${base.displacement ? ` ${offset(base.displacement)}` : ''})`
    : '';
  const named = access.expression ? `, ${access.expression}` : '';
  return `: ${access.kind ?? 'access'} at ${access.address}${through}${named}${sourceWords(site)}`;
}

function divisorWords({ expression, memory }: NonNullable<FaultSite['divisor']>): string {
  const where = memory
    ? `${memory.name ? `the variable ${memory.name}` : `the number at ${memory.address}`}${memory.module ? ` [${memory.module}]` : ''}, which is 0`
    : '';
  const named = expression && expression !== memory?.name ? expression : '';
  return named || where ? `: it divided by ${[named, where].filter(Boolean).join(', ')}` : '';
}

function overflowWords(users: NonNullable<FaultSite['overflow']>): string {
  const total = users.reduce((sum, { bytes }) => sum + bytes, 0);
  const top = users
    .slice(0, 3)
    .map(
      ({ function: name, module, frames, bytes }) =>
        `${spell({ function: name, module, pc: '' })} ${bytes} bytes in ${frames === 1 ? '1 call' : `${frames} calls, one within the other`}`,
    );
  return `: of ${total} bytes ${join(top)}`;
}

function sourceWords({ access, source }: FaultSite): string {
  if (!source) return '';
  if (source.from === 'result')
    return `; the pointer is what ${spell({ ...source, pc: '' })} had returned`;
  const given =
    source.from === 'argument'
      ? `; the function was given it as ${source.name ? `its argument ${source.name}` : `argument ${source.index + 1}`}${source.by ? ` by ${source.by}` : ''}`
      : '';
  const held = heldIn(source);
  if (!held) return given;
  const { object, offset: at, expression, cache } = held;
  const what = object.name
    ? `the variable ${object.name}${object.module ? ` [${object.module}]` : ''}`
    : `${object.type ? `the ${object.type}` : 'the object'} at ${object.address}`;
  const place = at !== 0 || object.name === null ? `, at offset ${plain(at)}` : '';
  const called = `${cache ? ` (slab cache ${cache})` : ''}${expression ? `, ${expression}` : ''}`;
  return `${given}; the pointer came from ${what}${place}${called}${access?.pointer.is === 'text' ? overrunWords(held) : ''}`;
}

function overrunWords({ overrun }: HeldIn): string {
  if (!overrun) return '';
  const where = overrun.member
    ? ` in its member ${overrun.member}`
    : overrun.offset < 0
      ? ` ${-overrun.offset} bytes before it`
      : ` at its offset ${plain(overrun.offset)}`;
  return `; it lies in the text “${overrun.text}”, which begins${where} and ran on over it`;
}

export const plain = (n: number): string => `${n < 0 ? '-' : ''}0x${Math.abs(n).toString(16)}`;
const offset = (n: number): string => `${n < 0 ? '-' : '+'} 0x${Math.abs(n).toString(16)}`;
