// The kernel complained in its log: a machine that did is not one where nothing is wrong.
import { alarms } from '../facts/alarms.ts';
import { sleepers } from '../facts/sleepers.ts';
import { trigger } from '../facts/trigger.ts';
import { defineRule, doubt, see } from './kit/define.ts';
import { count, join, literal, seconds } from './kit/text.ts';

/** What stopped the machine announces itself in the log: that is the trigger, said again. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  'hung-task': ['hung task'],
  softlockup: ['soft lockup'],
  hardlockup: ['hard lockup'],
  'rcu-stall': ['RCU stall', 'starved RCU'],
  oom: ['out of memory'],
  oops: ['kernel bug'],
  warning: ['kernel warning'],
  'machine-check': ['hardware error'],
};

/** What a machine gets over, where nobody sleeps too long at the end. */
const PAST: Readonly<Record<string, (when: string) => string>> = {
  'hung task': (when) =>
    `the log complained of a hung task at ${when}; no task sleeps like that any more`,
  'kernel warning': (when) =>
    `the kernel warned of something at ${when}, and went on: whether that matters is not known`,
};

export default defineRule({
  id: 'alarms',
  title: 'the kernel complained in its log before it stopped',
  needs: { alarms, sleepers, trigger },
  silence: 'the log has no complaint of the kernel’s own',

  *judge({ alarms: all, sleepers, trigger }) {
    const announced = OWN[trigger.kind] ?? OWN[trigger.detector] ?? [];
    const present = all.filter(({ kind }) => !announced.includes(kind));
    // Whoever slept so long has gone on since: nobody does any more.
    const isOver = sleepers.every(({ isForChild }) => isForChild);
    const past = present.filter(({ kind }) => kind in PAST && isOver);
    for (const { kind, timestampNs } of past) {
      const said = PAST[kind]?.(`${seconds(timestampNs)} of uptime`);
      if (said) yield doubt(said);
    }
    const alarms = present.filter((alarm) => !past.includes(alarm));
    if (alarms.length === 0) return;
    const list = join(alarms.map(({ kind, count: n }) => (n > 1 ? `${kind} (${n} times)` : kind)));
    yield {
      says: 'trouble',
      title: `the log complains of ${list}`,
      headline: `the kernel’s log complains of ${list}`,
      because: `the log has ${count(alarms.length, 'kind')} of complaint: ${list}`,
      suspects: [],
      evidence: alarms.map(({ kind, text, timestampNs }) =>
        see(
          `${kind}, first at ${seconds(timestampNs)}`,
          'log',
          new RegExp(
            literal((text.split('\n')[0] ?? '').slice(0, 100).replace(/[^\x20-\x7e].*$/, '')),
          ),
        ),
      ),
      next: [],
    };
  },
});
