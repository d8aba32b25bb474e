// The hardware reported an error.
import { testRule } from '../../testkit/rule-tester.ts';
import { panic, running, task } from '../../testkit/scene.ts';
import type { MachineCheckFact } from '../facts/machine-check.ts';
import rule from './machine-check.ts';

const check = (about: Partial<MachineCheckFact> = {}): MachineCheckFact => ({
  record: '0xfffffe0000001e58',
  bank: 9,
  status: '0xbe00000000010090',
  physical: '0x12345000',
  about: 'memory, by its controller',
  isContextCorrupt: true,
  isAsLogged: true,
  ...about,
});
const given = (found: MachineCheckFact | null) => ({
  trigger: panic({ kind: 'machine-check', pid: 5, message: 'Fatal local machine check' }),
  tasks: [running(5, 0, 1), task(6)],
  machineCheck: found,
});

testRule(rule, {
  blames: [
    {
      when: 'the record in memory and the log say the same',
      given: given(check()),
      confidence: 'proven',
      title: 'machine check: memory, by its controller',
    },
    {
      when: 'the log has nothing to compare with',
      given: given(check({ isAsLogged: null })),
      confidence: 'likely',
    },
    {
      when: 'the code is one of the maker’s own',
      given: given(check({ about: null, physical: null })),
      title: 'machine check',
    },
    { when: 'the record was not found', given: given(null), confidence: 'likely' },
    {
      when: 'the firmware reported it',
      given: {
        ...given(null),
        trigger: panic({ kind: 'machine-check', detector: 'firmware', pid: 5 }),
      },
      confidence: 'likely',
    },
  ],
  exonerates: [
    { when: 'a program ran there', given: given(check()), names: ['program-5 (pid 5)'] },
  ],
  doubts: [],
  silent: [{ when: 'something else stopped it', given: { ...given(check()), trigger: panic() } }],
});
