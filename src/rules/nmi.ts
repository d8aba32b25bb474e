// A non-maskable interrupt stopped the machine: somebody pressed a button, or the hardware had something to say.
import { clock } from '../facts/clock.ts';
import { cpus } from '../facts/cpus.ts';
import { tasks } from '../facts/tasks.ts';
import { type Trigger, trigger } from '../facts/trigger.ts';
import { type Blame, defineRule, type Evidence, type Finding, see, suspect } from './kit/define.ts';

export default defineRule({
  id: 'nmi',
  title: 'a non-maskable interrupt stopped the machine',
  needs: { clock, cpus, tasks, trigger },
  silence: 'no NMI stopped the machine',

  *judge({ clock: { nowNs }, cpus, tasks, trigger }): Iterable<Finding> {
    if (trigger.kind !== 'nmi') return;
    const reported = REPORTED[trigger.function ?? ''];
    if (reported) yield ofHardware(trigger, reported);
    // Without the tasks and their clock, "nothing is wrong" would only mean "nothing was seen".
    const isSeen = nowNs !== null && tasks.length > 0 && cpus.every((cpu) => cpu.pid !== null);
    if (!reported && isSeen) yield ofNobody(trigger);
  },
});

/** Errors that the chipset reports by an NMI: arch/x86/kernel/nmi.c (5.10 to 7.2). */
const REPORTED: Readonly<Record<string, string>> = {
  pci_serr_error: 'a system error on the PCI bus (SERR)',
  io_check_error: 'an error of a device or of memory (IOCHK)',
};

const ofHardware = (trigger: Trigger, what: string): Blame => ({
  says: 'blame',
  where: 'hardware',
  kind: 'crash',
  title: 'NMI: the hardware reported an error',
  confidence: 'likely',
  headline: `The hardware failed: it reported ${what}.`,
  because: `an NMI on CPU ${trigger.cpu} reported ${what}`,
  suspects: [suspect('culprit', `it reported ${what}`, { cpu: trigger.cpu })],
  evidence: evidenceOf(trigger),
  next: [],
  doubts: ['which device reported it is not recorded in the dump'],
});

const ofNobody = (trigger: Trigger): Blame => ({
  says: 'blame',
  where: 'none',
  kind: 'requested',
  title: 'a dump by NMI of a machine with nothing wrong',
  confidence: 'possible',
  headline:
    'Nothing was wrong with this machine, as far as the dump shows: an NMI without a known reason stopped it, such as its button, its management controller or its hypervisor raises to get a dump.',
  because: `an NMI without a known reason, on CPU ${trigger.cpu}; nobody waited for a CPU, a lock or a device, and the log has no complaint`,
  suspects: [],
  evidence: evidenceOf(trigger),
  next: [],
  doubts: ['failing hardware raises such an NMI, too: the dump does not tell'],
});

const evidenceOf = ({ cpu, function: name }: Trigger): Evidence[] =>
  cpu === null
    ? []
    : [
        see(
          'the NMI’s handler panicked',
          `bt -c ${cpu}`,
          new RegExp(`\\b${name ?? 'nmi_panic'}\\b`),
        ),
        see('the log says so, too', 'log', /NMI received for unknown reason|\bNMI: /),
      ];
