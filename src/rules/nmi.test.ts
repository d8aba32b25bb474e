// A non-maskable interrupt stopped the machine.
import { expect, test } from 'vitest';
import { testRule } from '../../testkit/rule-tester.ts';
import { idleCpu, lookAt, panic, task } from '../../testkit/scene.ts';
import alarms from './alarms.ts';
import { judge } from './judge.ts';
import nmi from './nmi.ts';

const given = (name: string) => ({
  trigger: panic({ kind: 'nmi', function: name, pid: 0 }),
  tasks: [task(5)],
  cpus: [idleCpu(0)],
});

testRule(nmi, {
  blames: [
    {
      when: 'the chipset told a reason',
      given: given('pci_serr_error'),
      confidence: 'likely',
      title: 'NMI: the hardware reported an error',
    },
    {
      when: 'nobody told a reason',
      given: given('unknown_nmi_error'),
      confidence: 'possible',
      title: 'a dump by NMI of a machine with nothing wrong',
    },
  ],
  doubts: [],
  silent: [
    { when: 'nothing is known of the tasks', given: { ...given('unknown_nmi_error'), tasks: [] } },
    { when: 'something else stopped it', given: { ...given('x'), trigger: panic() } },
  ],
});

test('where something is wrong, the NMI is only how the dump was made', () => {
  const alarm = { kind: 'RCU stall', text: 'rcu: INFO: …', timestampNs: 1e9, count: 1 };
  const scene = { ...given('unknown_nmi_error'), alarms: [alarm] };
  const { verdict } = judge([nmi, alarms], lookAt(scene));
  expect(verdict.verdict.kind).toBe('undecided');
});
