// What may differ between crash's answers about symbols, code and memory and ours, each with its reason: docs/differences.md.
import { virtual } from '../../src/bytes/address.ts';
import { isFault } from '../../src/bytes/fault.ts';
import type { Dump } from '../../src/types/dump.ts';
import { type Difference, said } from './type-differences.ts';

/** Lines without blanks at their ends, and without those that are blank. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');

/** The same when both are changed so. */
const alikeBy =
  (command: RegExp, change: (lines: string[], dump: Dump) => readonly string[]) =>
  (question: string, theirs: string, ours: Parameters<Difference['isIt']>[2], dump: Dump) =>
    command.test(question) &&
    change(linesOf(theirs), dump).join('\n') === change(linesOf(said(ours)), dump).join('\n');

/** Of a range in the kernel image crash gives every match twice, and matches where no page table maps anything. */
function matches(lines: readonly string[], dump: Dump): string[] {
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
const SOURCE = /^(?:FILE: .*|LINE: \d+|\/?(?:[\w.-]+\/)+[\w.-]+: \d+)$/;

const codeLines = (lines: readonly string[]): string[] =>
  lines
    .filter((line) => !SOURCE.test(line))
    .map(codeLine)
    .filter((line) => !PADDING.test(line));

const questions = (...known: string[]) => {
  const all = new Set(known);
  return (question: string): boolean => all.has(question);
};

export const memoryDifferences: readonly Difference[] = [
  {
    id: 'vtop-heading',
    why: "crash heads the page's line once a session",
    isIt: alikeBy(/^vtop/, (lines) => lines.filter((line) => !/^ +PAGE +PHYSICAL/.test(line))),
  },
  {
    id: 'search-once',
    why: 'crash gives matches in the kernel image twice, and some where nothing is mapped',
    isIt: alikeBy(/^search/, matches),
  },
  {
    id: 'sym-letters',
    why: 'letters, source lines and the ends of names that only the vmlinux file has',
    isIt: alikeBy(/^sym/, (lines) => lines.map(symbolLine)),
  },
  {
    id: 'dis-names',
    why: 'of several names of an address crash takes another; strings; source lines; padding behind a function',
    isIt: alikeBy(/^dis/, codeLines),
  },
  {
    id: 'more-understood',
    why: 'expressions and symbols that crash refuses',
    isIt: (_question, theirs, ours) =>
      ours.ok &&
      /symbol not found|invalid (?:input|expression)|invalid user virtual address: 0 |ambiguous address|invalid option: 32x/.test(
        theirs,
      ),
  },
  {
    id: 'dis-end',
    why: 'in assembly the next label ends a function; crash loses instructions of do_exit, which objdump has',
    isIt: (question) =>
      /^dis (?:.*entry_SYSCALL_64|-r printk\+4$|-f[fx] do_exit$|(?:-x )?do_exit$)/.test(question),
  },
  {
    id: 'dis-ud2',
    why: 'nothing is skipped after ud2, and a number is checked',
    isIt: (question) => question.startsWith('dis -b'),
  },
  {
    id: 'shell-signs',
    why: 'crash’s shell takes | and > for itself',
    isIt: (question) => /^eval .*[|>]/.test(question),
  },
  {
    id: 'ascii-chart',
    why: "crash's chart has characters in each other's place",
    isIt: questions('ascii'),
  },
  {
    id: 'only-vmlinux',
    why: 'symbols that only the vmlinux file has',
    isIt: (question, theirs, ours) =>
      (/^sym -[qmM]/.test(question) && ours.ok) ||
      (/possible alternatives/.test(theirs) && /symbol not found/.test(said(ours))) ||
      (/^rd -\w*[sS]/.test(question) && /\.data|_MODULE_|__begin_sched/.test(theirs) && ours.ok),
  },
  {
    id: 'slabs-7.2',
    why: 'crash 9.0.2 knows neither slabs nor modules of 7.2',
    isIt: (question, theirs, ours, dump) =>
      said(ours) !== '' &&
      (/no associated kernel symbol|page_first_page/.test(theirs) ||
        (dump.release.startsWith('7.') && /^(?:rd -[sS]|sym f{8}c0)/.test(question))),
  },
  {
    id: 'not-mapped',
    why: 'nothing is mapped there: crash calculates an address, or reads another space',
    isIt: (question, _theirs, ours) =>
      /^(?:vtop|rd)/.test(question) &&
      /not mapped|invalid kernel virtual|not accessible/.test(said(ours)),
  },
  {
    id: 'pte-none',
    why: 'PROT_NONE entries hold the frame inverted; swap entries without swap areas',
    isIt: (question) => /^pte(?: 12345000| 4?0*8?0*| f+| 100| 1 2)?$/.test(question),
  },
  {
    id: 'excluded',
    why: 'crash prints nothing of a page that is left out',
    isIt: (_question, theirs, ours) =>
      said(ours).includes('page excluded') &&
      (theirs.trim() === '' || /^ *0x\S+(?: <[^>]*>)?:\s*$/.test(theirs)),
  },
  {
    id: 'rd-text',
    why: 'what is no text ends it; symbols need words of 64 bits',
    isIt: (question) => /^rd (?:-s -32|-a ffff)/.test(question),
  },
  {
    id: 'search-more',
    why: 'the CPU entry areas and all of the image are searched, too',
    isIt: (question, theirs, ours, dump) =>
      /^search -[kp]/.test(question) && hasAllOf(dump, said(ours), theirs),
  },
  {
    id: 'search-quotes',
    why: 'a string with a blank in quotes is one string',
    isIt: questions("search -p -c 'watchdog pre'"),
  },
  {
    id: 'dis-nothing',
    why: 'what cannot be read is said, not begun',
    isIt: (question, theirs, ours) =>
      /^dis/.test(question) &&
      /gdb_readmem_callback/.test(said(ours)) &&
      /gdb_readmem_callback|^ *0x[0-9a-f]+:?\s*$/m.test(theirs),
  },
  {
    id: 'too-many-words',
    why: 'words that crash passes over are refused',
    isIt: (question, _theirs, ours) =>
      /^(?:dis|rd) \S+ \S+ \S+$/.test(question) && said(ours).startsWith('Usage:'),
  },
  {
    id: 'checked',
    why: 'numbers and ranges that crash takes for something else are refused',
    isIt: questions(
      ...['ascii 0x', 'eval 0x', 'eval -b', 'rd jiffies -e 0', 'rd -e jiffies', 'rd -pu 0'],
      ...[
        'search -p -s 0 -e 0 1',
        'search -ku 1',
        'search -s 5000 -e 4000 1',
        'eval 5 5',
        'sym schedule 0',
        'dis -s schedule+4 2',
      ],
    ),
  },
];

/** Whether every match of theirs that the page tables map is among ours: what crash does not search may be beside it. */
function hasAllOf(dump: Dump, ours: string, theirs: string): boolean {
  const found = new Set(matches(linesOf(ours), dump));
  return matches(linesOf(theirs), dump).every((line) => found.has(line));
}
