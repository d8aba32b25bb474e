// Who is cleared.
import { testRule } from '../../testkit/rule-tester.ts';
import { cpu, frame, idleCpu, ipmi, panic, task } from '../../testkit/scene.ts';
import rule from './bystanders.ts';

const card = (count: number) => ({
  irq: 20,
  handler: 'card_intr',
  module: 'card',
  device: 'eth0',
  perCpu: [
    { cpu: 0, count: 0 },
    { cpu: 1, count },
  ],
});
const quiet = { trigger: ipmi({ messengers: [] }), cpus: [cpu(0, 1, 60), cpu(1, 2, 60)] };
const stack = (isWhole: boolean, module: string | null = null) => ({
  frames: [frame('f', module)],
  isWhole,
  fromUser: true,
});

testRule(rule, {
  exonerates: [
    {
      when: 'a panic came in an interrupt: its modules and functions are messengers',
      given: {
        trigger: ipmi({
          messengers: [
            frame('panic'),
            frame('ipmi_wdog_pretimeout_handler', 'ipmi_watchdog'),
            frame('tasklet_action'),
            frame('asm_common_interrupt'),
          ],
        }),
      },
      names: ['ipmi_watchdog', 'tasklet_action'],
    },
    {
      when: 'a driver served interrupts and stands on no stack',
      given: { ...quiet, interrupts: [card(1000)] },
      names: ['card'],
    },
    {
      when: 'a CPU of a running machine idles',
      given: {
        trigger: panic({ kind: 'external', detector: 'live', cpu: null, pid: null }),
        cpus: [idleCpu(3)],
      },
      names: ['CPU 3'],
    },
    { when: 'a CPU idled', given: { trigger: panic(), cpus: [idleCpu(3)] }, names: ['CPU 3'] },
    {
      when: 'khungtaskd only reports',
      given: {
        trigger: panic({ detector: 'hung-task', pid: 9 }),
        tasks: [task(9, { comm: 'khungtaskd', isKernelThread: true })],
      },
      names: ['khungtaskd (pid 9)'],
    },
  ],
  doubts: [],
  silent: [
    {
      when: 'the driver’s interrupts came as a storm',
      given: { ...quiet, interrupts: [card(90_000_000)] },
    },
    {
      when: 'the driver took no interrupt: nothing is known of it',
      given: { ...quiet, interrupts: [card(0)] },
    },
    {
      when: 'the driver stands on a stack',
      given: {
        ...quiet,
        cpus: [cpu(0, 1, 60, { stack: stack(true, 'card') })],
        interrupts: [card(1000)],
      },
    },
    {
      when: 'a stack could not be unwound: a frame’s absence means nothing',
      given: { ...quiet, cpus: [cpu(0, 1, 60, { stack: stack(false) })], interrupts: [card(1000)] },
    },
    {
      when: 'messengers stand on a stack that is not whole',
      given: { trigger: ipmi({ isWhole: false }) },
    },
  ],
});
