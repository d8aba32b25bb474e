// When an answer of crash and one of ours say the same: the reasons for which they may differ, each with an entry in
// docs/differences.md.
import { virtual } from '../../src/bytes/address.ts';
import { isFault } from '../../src/bytes/fault.ts';
import type { Dump } from '../../src/types/dump.ts';

/** Equal, after what is known to differ in words only is taken out of both. */
export function alike(dump: Dump, command: string, ours: string, theirs: string): boolean {
  const rules = rulesFor(dump, command);
  return rules(ours) === rules(theirs);
}

function rulesFor(dump: Dump, command: string): (text: string) => string {
  const [word = ''] = command.split(' ');
  return (text) => {
    let lines = text.split('\n').map((line) => line.trimEnd());
    if (word === 'vtop') lines = lines.filter((line) => !/^ +PAGE +PHYSICAL/.test(line));
    if (word === 'search') lines = searchLines(dump, lines);
    if (word === 'sym') lines = lines.map(symbolLine);
    if (word === 'dis') lines = lines.map(codeLine).filter((line) => !PADDING.test(line));
    return lines.filter((line) => line !== '').join('\n');
  };
}

/** Of a range in the kernel image crash gives every match twice, and matches where no page table maps anything. */
function searchLines(dump: Dump, lines: readonly string[]): string[] {
  const mapped = lines.filter((line) => {
    const [, at] = /^([0-9a-f]{16}):/.exec(line) ?? [];
    return at === undefined || !isFault(dump.memory.translate(virtual(BigInt(`0x${at}`))));
  });
  return [...new Set(mapped)].map((line) =>
    line.replace(/^([0-9a-f]+: ).{0,56}$/, (all) => all.slice(0, 26)),
  );
}

/** Letters of nm; a source line; what the compiler appends to a name. */
const symbolLine = (line: string): string =>
  line
    .replace(/^([0-9a-f]+) \(.\) /, '$1 ')
    .replace(/ \/?(?:[\w.-]+\/)+[\w.-]+: \d+$/, '')
    .replace(/\.(?:isra|part|constprop|cold)(?:\.\d+)?/g, '');

/** Of several names of an address one is as good as the other; strings and what ftrace left are named by one side only. */
const codeLine = (line: string): string =>
  line
    .replace(/\s+# ".*"$/, '')
    .replace(/(\s+# 0x[0-9a-f]+(?: <[^>]*>)?) ".*"$/, '$1')
    .replace(/ <[^>]*>/g, '')
    .replace(/^ +0x/, '0x');

const PADDING = /:\t(?:(?:data16 |cs )*nop[wl]? *.*|xchg +%ax,%ax|int3)$/;

/** Different, and known to be. */
export function accountedFor(dump: Dump, command: string, ours: string, theirs: string): boolean {
  return (
    reasons.some((reason) => reason(command, ours, theirs)) ||
    (command.startsWith('search -k') && hasAllOf(dump, ours, theirs))
  );
}

/** Whether every match of theirs that the page tables map is among ours: what crash does not search may be beside it. */
function hasAllOf(dump: Dump, ours: string, theirs: string): boolean {
  const found = new Set(searchLines(dump, ours.split('\n')));
  return searchLines(dump, theirs.split('\n')).every(
    (line) => line.trim() === '' || found.has(line),
  );
}

const reasons: readonly ((command: string, ours: string, theirs: string) => boolean)[] = [
  // The synopsis is made from our own declaration.
  (_, ours, theirs) => ours.includes('Usage:') && theirs.includes('Usage:'),
  // crash's shell takes | and > for itself.
  (command) => /^eval .*[|>]/.test(command),
  // More is understood: offsets without brackets, symbols, expressions of more than one operator, blanks in brackets.
  (command, ours, theirs) =>
    /symbol not found|invalid (?:input|expression|user virtual address: 0 )|ambiguous address/.test(
      theirs,
    ) &&
    !/symbol not found/.test(ours) &&
    /[+(-]| [a-z_]/.test(command),
  (command, _, theirs) => command.startsWith('vtop') && theirs.includes('invalid input'),
  // No debug information: no sources, no lines; labels of the kernel's symbols end a function in assembly.
  (command) => /^dis -[ls]|entry_SYSCALL_64/.test(command),
  (command) => command === 'dis -r printk+4',
  // `-b` changes how crash steps over BUG() of kernels before 2.6.
  (command) => command.startsWith('dis -b'),
  // crash's own chart has three characters in each other's place.
  (command) => command === 'ascii',
  // Symbols that only the vmlinux file has, or their letters: `__crc_…`, sections.
  (command, ours, theirs) =>
    /^sym -[qmM]|possible alternatives|\.data/.test(command + theirs) && ours.length > 0,
  // 9.0.2 does not open 7.2 with its modules, and knows no slabs of it.
  (_, __, theirs) => /no associated kernel symbol|page_first_page/.test(theirs),
  (command, _, theirs) => /^sym -[mM]/.test(command) && theirs.trim() === '',
  // Where nothing is mapped crash calculates an address, and says `seek error`; a swapless dump; PROT_NONE inverted.
  (command, ours) => /^(?:vtop|rd)/.test(command) && /not mapped|invalid kernel virtual/.test(ours),
  (command) => /^pte(?: 12345000| 4?0*8?0*| f+| 100)?$/.test(command),
  // crash prints nothing of a page that is excluded.
  (_, ours, theirs) =>
    ours.includes('page excluded') && (theirs.trim() === '' || /^0x\S+ <[^>]*>:\s*$/.test(theirs)),
  // crash's -m is Xen's; text that begins behind what is none.
  (command) => /^rd (?:-m|-s -32|-a ffff)/.test(command),
  // do_exit: crash loses an instruction at two places, and shows its end as one of its own (objdump agrees with us).
  (command) => /^dis -f[fx] do_exit/.test(command),
  (command) => /^search -[kp] -c/.test(command),
  // The CPU entry areas, which crash does not search.
  (command, ours) => command.startsWith('search -k') && ours.includes('fffffe'),
  (command, ours) => command.startsWith('dis') && ours.includes('gdb_readmem_callback'),
  (_, ours, theirs) => ours.includes('OFFSETOF') !== theirs.includes('OFFSETOF'),
];
