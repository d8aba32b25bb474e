// Somebody asked for the dump by hand. That nothing else is wrong is for the judge to see: any trouble overrules this.
import { clock } from '../facts/clock.ts';
import { cpus } from '../facts/cpus.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { defineRule, type Evidence, see, suspect } from './kit/define.ts';
import { asSuspect, nameOf } from './kit/text.ts';

export default defineRule({
  id: 'requested',
  title: 'the dump was asked for by hand, and nothing was wrong',
  needs: { clock, cpus, tasks, trigger },
  silence: 'nobody asked for the dump by hand',

  *judge({ clock: { nowNs }, cpus, tasks, trigger }) {
    if (trigger.kind !== 'sysrq') return;
    const who = tasks.find((t) => t.pid === trigger.pid);
    const isOwnDoing = trigger.messengers.length === 0;
    const name = who && isOwnDoing ? nameOf(who) : 'somebody at the console';
    const way = isOwnDoing ? 'through /proc/sysrq-trigger' : 'by a key on a console';
    // Without the tasks and their clock, "nothing is wrong" would only mean "nothing was seen".
    const isSeen = nowNs !== null && tasks.length > 0 && cpus.every((cpu) => cpu.pid !== null);
    if (!isSeen) return;
    yield {
      says: 'blame',
      where: 'none',
      kind: 'requested',
      title: 'a dump by hand of a machine with nothing wrong',
      confidence: 'likely',
      headline: `Nothing was wrong with this machine, as far as the dump shows: ${name} asked for the crash by hand (sysrq c, ${way}).`,
      because: `${name} wrote c, ${way}; nobody waited for a CPU, a lock or a device, and the log has no complaint`,
      suspects:
        who && isOwnDoing
          ? [
              suspect('trigger', `asked for the crash ${way}`, {
                task: asSuspect(who),
                cpu: trigger.cpu,
              }),
            ]
          : [],
      evidence: [
        ...stackEvidence(who?.pid, isOwnDoing),
        see('the log says so, too', 'log', /sysrq: Trigger a crash/i),
        see(
          'no task was in uninterruptible sleep (no UN among the states)',
          'ps -S',
          /^\s*RU: \d+/,
          /^\s*IN: \d+/,
        ),
        ...(who
          ? [
              see(
                'nobody waited for a CPU',
                'runq',
                new RegExp(`CURRENT: PID: ${who.pid}\\b`),
                /\[no tasks queued\]/,
              ),
            ]
          : []),
      ],
      next: [],
      doubts: [
        'a program that waits in the ordinary way for what never comes (a network peer, another program) looks like a healthy one',
      ],
    };
  },
});

function stackEvidence(pid: number | undefined, isOwnDoing: boolean): Evidence[] {
  if (pid === undefined) return [];
  return [
    see(
      isOwnDoing ? 'it wrote c to /proc/sysrq-trigger' : 'the key was handled on this CPU',
      `bt ${pid}`,
      /\bsysrq_handle_crash\b/,
      /\b__handle_sysrq\b/,
      ...(isOwnDoing ? [/\bwrite_sysrq_trigger\b/] : []),
    ),
  ];
}
