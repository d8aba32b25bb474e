// A dump by hand.
import { testRule } from '../../testkit/rule-tester.ts';
import { byHand, cpu, frame, idleCpu, panic, running } from '../../testkit/scene.ts';
import rule from './requested.ts';

const asked = {
  trigger: byHand(5),
  tasks: [running(5, 0, 0.01)],
  cpus: [cpu(0, 5, 0.01, { mode: 'kernel' }), idleCpu(1)],
};

testRule(rule, {
  blames: [
    {
      when: 'a task wrote to /proc/sysrq-trigger',
      given: asked,
      confidence: 'likely',
      culprits: [],
    },
    {
      when: 'a key on the console did it, on whatever ran there',
      given: { ...asked, trigger: { ...byHand(5), messengers: [frame('asm_common_interrupt')] } },
      confidence: 'likely',
    },
  ],
  doubts: [],
  silent: [
    { when: 'the kernel panicked by itself', given: { ...asked, trigger: panic() } },
    {
      when: 'the clock cannot be read, so nobody knows who waited',
      given: { ...asked, nowNs: null },
    },
    {
      when: 'what a CPU did cannot be read',
      given: { ...asked, cpus: [cpu(0, 5, 0, { pid: null })] },
    },
    { when: 'no task can be read', given: { ...asked, tasks: [] } },
  ],
});
