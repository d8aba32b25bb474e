// What may differ between crash's answers about types and ours, each with its reason: docs/differences.md, "Types".
import type { Answer } from '../../src/commands/kit/run.ts';
import type { Dump } from '../../src/types/dump.ts';

/** A way in which two answers may differ; docs/differences.md has an anchor of its id. */
export interface Difference {
  readonly id: string;
  readonly why: string;
  /** Whether the two are the same but for this. */
  isIt(question: string, theirs: string, ours: Answer, dump: Dump): boolean;
}

export const said = (answer: Answer): string =>
  (answer.ok ? answer.text : answer.error.message).trimEnd();

/** `p` numbers its answers; a recording is one session, in which other commands counted too. */
export const unnumbered = (text: string): string =>
  text.replace(/(= |^)\$\d+ =/gm, '$1$$ =').trimEnd();

/** Without the names of symbols and without strings. */
const bare = (text: string): string =>
  unnumbered(text)
    .replace(/"(?:[^"\\]|\\.)*"(\.\.\.)?/g, '""')
    .replace(/ <[^>\n]*>/g, '');

const questions = (...known: string[]) => {
  const all = new Set(known);
  return (question: string): boolean => all.has(question.trimEnd());
};

export const typeDifferences: readonly Difference[] = [
  {
    id: 'usage',
    why: 'usage: the synopsis is ours',
    isIt: (_question, theirs, ours) =>
      /^(\w+: .*\n)?Usage:\n/.test(theirs) &&
      !ours.ok &&
      (said(ours).startsWith('Usage:\n') ||
        theirs.split('Usage:')[0]?.trim() === said(ours).split('Usage:')[0]?.trim()),
  },
  {
    id: 'reason-said',
    why: 'crash only says that gdb failed; the reason is said',
    isIt: (_question, theirs, ours) => /^p: gdb request failed/m.test(theirs) && !ours.ok,
  },
  {
    id: 'beside',
    why: 'what is said beside an answer is a warning',
    isIt(_question, theirs, ours) {
      const [first = '', ...others] = theirs.split('\n');
      const isBeside = /^WARNING: |: -o option not valid/.test(first);
      return (
        isBeside &&
        ours.ok &&
        bare(ours.text) === bare(others.join('\n')) &&
        ours.warnings.some((warning) => first.endsWith(warning))
      );
    },
  },
  {
    id: 'no-type',
    why: 'a variable whose type BTF does not record',
    isIt: (_question, _theirs, ours) =>
      !ours.ok && /has unknown type|not recorded in this kernel's BTF/.test(ours.error.message),
  },
  {
    id: 'symbol-names',
    why: 'names of symbols that only one of the two has, and characters beyond ASCII, which are octal',
    isIt: (_question, theirs, ours) => ours.ok && bare(theirs) === bare(ours.text),
  },
  {
    id: 'maple-hex',
    why: 'addresses in a maple tree are hexadecimal',
    isIt: (_question, theirs, ours) =>
      ours.ok &&
      bare(ours.text) ===
        bare(theirs.replace(/^\d{19,20}$/gm, (digits) => BigInt(digits).toString(16))),
  },
  {
    id: 'refused',
    why: 'crash refuses or garbles what can be answered',
    isIt: (_question, theirs, ours) =>
      ours.ok &&
      ours.text.trim() !== '' &&
      /^(?!\n)$(?![\s\S])|pipe operation failed|invalid argument: init_task\.tasks|gdb request failed|invalid user virtual address: f|command not found: |radix trees do not exist|invalid data structure (member )?reference: |invalid start argument: init_mm|symbol not found: (list_head|sigval)|cannot resolve: task_struct$/m.test(
        theirs,
      ),
  },
  {
    id: 'early-error',
    why: 'an error of a -s or -S word is said before the list is walked',
    isIt: (_question, theirs, ours) =>
      !ours.ok &&
      (theirs.split('\n').includes(ours.error.message) || /Can't get offset of/.test(theirs)),
  },
  {
    id: 'no-member',
    why: 'crash has no such member or type, and words it otherwise',
    isIt: (_question, theirs, ours) =>
      !ours.ok &&
      /^\S+: (invalid|seek error|cannot resolve|data type)|symbol not found/m.test(theirs) &&
      /^\S+: (invalid|seek error|cannot|data type|No |the type|A syntax)/.test(ours.error.message),
  },
  {
    id: 'tree-v',
    why: 'struct -f reads the file, which crash does not; the nodes of tree -v are not shown',
    isIt: questions(
      'struct -f list_head modules',
      'struct -f list_head 1000',
      'tree -t xarray -N worker_pool_idr',
      'tree -t maple -v sparse_irqs',
      'tree -t xarray -v worker_pool_idr',
    ),
  },
  {
    id: 'empty-tree',
    why: 'a tree that holds nothing is (empty), not 0 or nothing at all',
    isIt: (_question, theirs, ours) =>
      /^0?$/.test(theirs.trim()) && ours.ok && ours.text === '(empty)\n',
  },
  {
    id: 'type-first',
    why: 'a type of the same name goes before a variable whose type is not known',
    isIt: questions('whatis mutex', 'whatis -o mutex'),
  },
  { id: 'volatile', why: 'jiffies is volatile', isIt: questions('whatis jiffies') },
  {
    id: 'long',
    why: "the gdb in crash has a long of 4 bytes where it is not the kernel's, and a char without a sign",
    isIt: questions(
      'whatis unsigned long',
      'whatis unsigned char',
      'whatis sizeof(int)',
      'whatis int *',
      'whatis struct list_head *',
      'p (char)200',
      'p (int)&init_task',
      'p (long)&init_task',
      'p (long)schedule',
    ),
  },
  {
    id: 'history',
    why: 'each question here is a session of its own: there is no history',
    isIt: questions('p $', 'p $1'),
  },
  { id: 'cast', why: 'C casts no number to a struct', isIt: questions('p (atomic_t)0') },
  {
    id: 'convenience',
    why: 'gdb has convenience variables, and takes the address of a bit-field',
    isIt: questions('p $_', 'p $nope', 'p &init_task.in_execve'),
  },
  {
    id: 'minus',
    why: 'crash takes a minus for an option, or drops it',
    isIt: questions('p -x -1', 'p -d -1', 'p - 5', 'struct list_head modules -2'),
  },
  {
    id: 'typedef',
    why: 'a typedef is shown as what it was declared from',
    isIt: questions('whatis bool', 'whatis cpumask_var_t', 'whatis irq_handler_t'),
  },
  {
    id: 'deep-offsets',
    why: 'crash leaves out offsets deep in anonymous structs',
    isIt: questions('struct -o mm_struct'),
  },
  {
    id: 'long-line',
    why: 'crash cuts a long line of -p',
    isIt: questions(
      'struct -p task_struct.parent,cred init_task',
      'struct -p task_struct.comm,parent init_task',
    ),
  },
  {
    id: 'several-offsets',
    why: 'crash shows no addresses of several members',
    isIt: questions('struct -o task_struct.pid,comm init_task'),
  },
  {
    id: 'whatis-search',
    why: 'types of modules, too, and all typedefs; what modules hold is found',
    isIt(question, theirs, ours) {
      if (!/^whatis.* -[rm] |^whatis -[rm] /.test(question) || !ours.ok) return false;
      const rows = (text: string) => text.split('\n').map((line) => line.trim());
      const found = new Set(rows(ours.text));
      return rows(theirs).every((row) => found.has(row) || row.includes('__int128'));
    },
  },
  {
    id: 'worded',
    why: 'what crash passes over or words otherwise: numbers that are none, too many words',
    isIt: questions(
      'whatis -r 192 list_head',
      'struct -c zz list_head modules',
      'struct list_head modules zz',
      'struct -u list_head 0',
      'tree -t rbx vmap_area_root',
      'tree vmap_area_root modules',
      'tree -t rb -r 8 vmap_area_root',
      'p "',
      'p runqueues:z',
      'list -o task_struct.tasks -O list_head.next -h init_task',
    ),
  },
  { id: 'array-literal', why: "gdb's arrays in braces", isIt: questions('p {1,2}') },
  {
    id: 'per-cpu',
    why: 'the address of a per-CPU variable is its symbol’s, not moved twice by the kernel’s offset',
    isIt: questions('p &runqueues'),
  },
  {
    id: 'no-list',
    why: 'what is no tree or list ends otherwise',
    isIt: questions(
      'tree -t rb -N vmap_area_root',
      'tree -t rb -o vmap_area.rb_node -N vmap_area_root',
      'tree -t rb -r cfs_rq.tasks_timeline root_task_group',
      'tree -t rb -r hrtimer_cpu_base.clock_base[0].active tick_cpu_sched',
      'list -H modules -e ffffffffc0493dc8',
      'list -h ffffffff00000000',
      'struct list_head ffffffff00000000',
      'tree -t maple init_mm.mm_mt',
      'list file_system_type.next -s file_system_type.name file_systems',
      'list -s file_system_type.name -o file_system_type.next file_systems',
      'struct task_struct modules:0',
    ),
  },
];
