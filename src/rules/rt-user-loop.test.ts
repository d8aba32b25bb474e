// A real-time loop, and what only looks like one.
import { testRule } from '../../testkit/rule-tester.ts';
import {
  ago,
  cpu,
  frame,
  ipmi,
  limits,
  realTime,
  running,
  task,
  waiting,
} from '../../testkit/scene.ts';
import rule from './rt-user-loop.ts';

const rr99 = realTime(99);
/** Pats the watchdog, last 60 s ago; real-time itself, below the loops. */
const daemon = waiting(30, 1, 50, { ...realTime(1), lastArrivalNs: ago(60) });
const feeder = { pid: 30, fd: 3 };
const two = {
  tasks: [running(10, 0, 63, rr99), running(11, 1, 57, rr99), waiting(20, 0, 60), daemon],
  cpus: [cpu(0, 10, 63), cpu(1, 11, 57)],
  limits: limits(-1),
  trigger: ipmi(),
  feeder,
};
const stopper = task(5, { schedClass: 'stop', isKernelThread: true, comm: 'migration/0' });
const one = { tasks: [running(10, 0, 63, rr99), waiting(20, 0, 60)], cpus: [cpu(0, 10, 63)] };

testRule(rule, {
  blames: [
    {
      when: 'two loops keep both CPUs, throttling is off, and the daemon was silent as long as the watchdog waits',
      given: two,
      culprits: [10, 11],
      victims: [20, 30],
      confidence: 'proven',
    },
    {
      when: 'the daemon’s silence does not fit the watchdog’s times',
      given: {
        ...two,
        tasks: two.tasks.map((t) => (t === daemon ? { ...t, lastArrivalNs: ago(51) } : t)),
      },
      culprits: [10, 11],
      confidence: 'likely',
    },
    {
      when: 'throttling was on, and tasks waited all the same',
      given: { ...two, limits: limits(950_000) },
      confidence: 'likely',
    },
    {
      when: 'another CPU was free',
      given: { ...two, tasks: [...two.tasks.slice(0, 1), two.tasks[2] ?? daemon, daemon] },
      culprits: [10],
      confidence: 'likely',
    },
    {
      when: 'one waited for long, and another was woken just before the end',
      given: { ...one, tasks: [...one.tasks, waiting(21, 0, 0.02)] },
      culprits: [10],
      victims: [20, 21],
    },
    {
      when: 'the watchdog’s stopper took the CPU for a moment every few seconds',
      given: {
        ...one,
        tasks: [
          running(10, 0, 63, { ...rr99, lastArrivalNs: ago(3) }),
          waiting(20, 0, 60),
          stopper,
        ],
      },
      culprits: [10],
    },
  ],
  exonerates: [
    {
      when: 'RCU’s thread and the daemon starve, and the stopper sleeps',
      given: {
        ...two,
        tasks: [
          ...two.tasks,
          stopper,
          waiting(18, 1, 56, { comm: 'rcu_preempt', isKernelThread: true }),
          waiting(19, 1, 56, { comm: 'rcu_preempt' }),
        ],
      },
      names: ['migration/0 (pid 5)', 'program-30 (pid 30)', 'rcu_preempt (pid 18)'],
    },
    { when: 'nobody is a suspect by nature', given: one, names: [] },
  ],
  doubts: [
    {
      when: 'the scheduler’s clock cannot be read',
      given: { ...two, nowNs: null },
      about: /clock/,
    },
    {
      when: 'it had the CPU for long and used half of it',
      given: { ...one, tasks: [running(10, 0, 63, { ...rr99, ranNs: 30e9 }), waiting(20, 0, 60)] },
      about: /may have let others run/,
    },
    {
      when: 'most of its time went by in the kernel',
      given: {
        ...one,
        tasks: [running(10, 0, 63, { ...rr99, userNs: 10e9, systemNs: 53e9 }), waiting(20, 0, 60)],
      },
      about: /may have let others run/,
    },
    {
      when: 'its stack does not say where it was',
      given: { ...one, cpus: [cpu(0, 10, 63, { mode: null })] },
      about: /user mode or in the kernel/,
    },
    {
      when: 'since when it runs cannot be read',
      given: { ...one, cpus: [cpu(0, 10, 63, { since: null })] },
      about: /since when is not known/,
    },
  ],
  silent: [
    {
      when: 'the loop is an ordinary program',
      given: { ...one, tasks: [running(10, 0, 63), waiting(20, 0, 60)] },
    },
    { when: 'nobody waits', given: { ...one, tasks: [running(10, 0, 63, rr99)] } },
    {
      when: 'a real-time task runs for long but others wait for moments only',
      given: { ...one, tasks: [running(10, 0, 63, rr99), waiting(20, 0, 0.3)] },
    },
    {
      when: 'the real-time tasks sleep, and an ordinary one runs',
      given: {
        tasks: [task(10, rr99), running(12, 0, 60), waiting(20, 0, 60)],
        cpus: [cpu(0, 12, 60)],
      },
    },
    {
      when: 'those who wait come before the one that runs',
      given: {
        ...one,
        tasks: [running(10, 0, 63, realTime(10)), waiting(20, 0, 60, realTime(50))],
      },
    },
    {
      when: 'those who wait wait for another CPU',
      given: { ...one, tasks: [running(10, 0, 63, rr99), waiting(20, 1, 60)] },
    },
    {
      when: 'it was in the kernel: another rule’s',
      given: { ...one, cpus: [cpu(0, 10, 63, { mode: 'kernel', executing: [frame('f')] })] },
    },
    {
      when: 'it is a kernel thread',
      given: {
        ...one,
        tasks: [running(10, 0, 63, { ...rr99, isKernelThread: true }), waiting(20, 0, 60)],
      },
    },
  ],
});
