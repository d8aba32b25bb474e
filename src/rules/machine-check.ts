// The hardware reported an error that nobody can correct: no software did that.
import { type MachineCheckFact, machineCheck } from '../facts/machine-check.ts';
import { tasks } from '../facts/tasks.ts';
import { type Trigger, trigger } from '../facts/trigger.ts';
import { defineRule, type Evidence, exonerate, type Finding, see, suspect } from './kit/define.ts';
import { literal, nameOf } from './kit/text.ts';

export default defineRule({
  id: 'machine-check',
  title: 'the hardware reported an error',
  needs: { check: machineCheck, tasks, trigger },
  silence: 'the hardware reported no error',

  *judge({ check, tasks, trigger }): Iterable<Finding> {
    if (trigger.kind !== 'machine-check') return;
    const { cpu } = trigger;
    const what = check
      ? wordsOf(check)
      : `an error${trigger.message ? ` (“${trigger.message}”)` : ''}`;
    const by = trigger.detector === 'firmware' ? 'the firmware' : `CPU ${cpu}`;
    yield {
      says: 'blame',
      where: 'hardware',
      kind: 'crash',
      title: `machine check${check?.about ? `: ${check.about}` : ''}`,
      confidence: check?.isAsLogged === true ? 'proven' : 'likely',
      headline: `The hardware failed: ${by} reported an error that cannot be corrected${check?.about ? `, of ${check.about}` : ''}${check?.physical ? `, at physical address ${check.physical}` : ''}.`,
      because: `${by} reported ${what}`,
      suspects: [
        suspect('culprit', `it reported ${what}`, {
          cpu,
          object: check
            ? {
                type: 'mce',
                name: `machine check bank ${check.bank}`,
                address: check.record,
                module: null,
              }
            : undefined,
        }),
      ],
      evidence: evidenceOf(check, trigger),
      next: [
        {
          text: 'Look into the firmware’s own log of errors (of the BMC, or with rasdaemon or mcelog) for this bank and address, and exchange the part.',
          command: 'log',
        },
      ],
      doubts: check
        ? check.isAsLogged === false
          ? ['the log tells another error than the record in memory']
          : []
        : [
            'the record of the error was not found in memory: what the log says of it was not compared',
          ],
    };
    const task = tasks.find((one) => one.pid === trigger.pid && one.runningOn === cpu);
    if (task)
      yield exonerate(
        'task',
        nameOf(task),
        `it ran on CPU ${cpu} when the hardware reported the error`,
        `bt -c ${cpu}`,
      );
  },
});

const wordsOf = ({ bank, status, physical, about, isContextCorrupt }: MachineCheckFact): string =>
  `an uncorrected error in bank ${bank}, status ${status}${about ? ` (${about})` : ''}${physical ? `, at physical address ${physical}` : ''}${isContextCorrupt ? '; the processor’s own state was damaged by it' : ''}`;

function evidenceOf(check: MachineCheckFact | null, { cpu, detector }: Trigger): Evidence[] {
  const evidence: Evidence[] = [];
  if (cpu !== null && detector !== 'firmware')
    evidence.push(
      see(
        'the processor raised a machine check, and its handler panicked',
        `bt -c ${cpu}`,
        /mce_panic/,
        /do_machine_check/,
      ),
    );
  if (!check) return evidence;
  const status = check.status.slice(2);
  evidence.push(
    see(
      'the record of the error, on the handler’s stack',
      `struct mce.bank ${check.record.slice(2)}`,
      new RegExp(`\\bbank = ${check.bank}\\b`),
    ),
  );
  evidence.push(
    see(
      'its status',
      `rd ${check.record.slice(2)} 1`,
      new RegExp(`\\b${literal(status.padStart(16, '0'))}\\b`),
    ),
  );
  if (check.isAsLogged)
    evidence.push(
      see(
        'the log has the same',
        'log',
        new RegExp(
          `Machine Check(?: Exception)?: .*Bank ${check.bank}: ${literal(status.padStart(16, '0'))}`,
        ),
      ),
    );
  return evidence;
}
