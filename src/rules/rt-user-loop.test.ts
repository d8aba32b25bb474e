// A real-time loop, and what only looks like one.
import { testRule } from '../../testkit/rule-tester.ts';
import {
  ago,
  byHand,
  cpu,
  frame,
  idleCpu,
  ipmi,
  limits,
  panic,
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

/** A program that takes turns with others and waits for its next one. */
const turn = (pid: number) =>
  waiting(pid, 0, 0.1, {
    ...realTime(40),
    ranNs: 20e9,
    userNs: 20e9,
    systemNs: 0,
    startedNs: ago(62),
    lastArrivalNs: ago(0.3),
  });
const turns = {
  tasks: [
    running(10, 0, 62, { ...realTime(40), ranNs: 20e9, lastArrivalNs: ago(0.1) }),
    turn(11),
    turn(12),
    waiting(20, 0, 60),
  ],
  cpus: [cpu(0, 10, 0.1, { lastIdleNs: ago(62) }), idleCpu(1)],
};

testRule(rule, {
  blames: [
    {
      when: 'programs of one priority take turns, and leave nothing to anybody else',
      given: turns,
      culprits: [10, 11, 12],
      victims: [20],
      confidence: 'likely',
    },
    {
      when: 'the machine runs: what its CPUs execute cannot be seen',
      given: {
        ...one,
        cpus: [cpu(0, 10, 63, { mode: null })],
        trigger: panic({ kind: 'external', detector: 'live', cpu: null, pid: null }),
      },
      culprits: [10],
      victims: [20],
      confidence: 'likely',
    },
    {
      when: 'throttling leaves the others a little',
      given: {
        tasks: [
          running(10, 0, 30, { ...rr99, ranNs: 28.5e9, userNs: 28e9, lastArrivalNs: ago(0.4) }),
          waiting(20, 0, 0.4),
        ],
        cpus: [cpu(0, 10, 0.4)],
        trigger: byHand(9),
      },
      culprits: [10],
      victims: [20],
      confidence: 'possible',
      title: 'a real-time loop, held back by throttling',
    },
    {
      when: 'a deadline task takes all of a CPU',
      given: {
        ...one,
        tasks: [
          running(10, 0, 63, { schedClass: 'deadline', policy: 'DEADLINE', prio: -1 }),
          waiting(20, 0, 60),
          waiting(21, 0, 50, rr99),
        ],
      },
      culprits: [10],
      victims: [20, 21],
    },
    {
      when: 'a loop makes system calls, and was in one',
      given: {
        ...one,
        tasks: [running(10, 0, 63, { ...rr99, userNs: 10e9, systemNs: 53e9 }), waiting(20, 0, 60)],
        cpus: [cpu(0, 10, 63, { mode: 'kernel', executing: [frame('vfs_read')] })],
      },
      culprits: [10],
      confidence: 'likely',
    },
    {
      when: 'whoever asked for the dump took the CPU from the loop only for that',
      given: {
        tasks: [
          running(9, 0, 1, { ...rr99, lastArrivalNs: ago(0.01) }),
          waiting(10, 0, 0.01, {
            ...realTime(50),
            ranNs: 61e9,
            userNs: 61e9,
            systemNs: 0,
            lastArrivalNs: ago(3),
          }),
          waiting(20, 0, 60),
        ],
        cpus: [cpu(0, 9, 0.01, { mode: 'kernel', lastIdleNs: ago(61) })],
        trigger: byHand(9),
      },
      culprits: [10],
    },
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
    {
      when: 'one of higher priority took the CPU from the loop a moment ago',
      given: {
        ...one,
        cpus: [cpu(0, 30, 0.1)],
        tasks: [
          running(30, 0, 0.1, { schedClass: 'rt', policy: 'FIFO', rtPriority: 95, prio: 4 }),
          task(10, {
            ...running(10, 0, 63, rr99),
            runningOn: null,
            isWaitingForCpu: true,
            lastQueuedNs: ago(0.1),
            lastArrivalNs: ago(3),
            startedNs: ago(64),
          }),
          waiting(20, 0, 60),
        ],
      },
      culprits: [10],
    },
    {
      when: 'one of higher priority had the CPU for a moment, and the loop has it again',
      given: {
        ...one,
        cpus: [cpu(0, 10, 0.1)],
        tasks: [running(10, 0, 63, { ...rr99, lastArrivalNs: ago(0.1) }), waiting(20, 0, 60)],
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
      when: 'all of its time went by in the kernel: it may never have come back from one call',
      given: {
        ...one,
        tasks: [running(10, 0, 63, { ...rr99, userNs: 0.1e9, systemNs: 62e9 }), waiting(20, 0, 60)],
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
      given: { ...one, tasks: [running(10, 0, 63, rr99), waiting(20, 0, 0.01)] },
    },
    {
      when: 'a real-time task works now and then, and somebody waits for it to be done',
      given: {
        ...one,
        tasks: [running(10, 0, 60, { ...rr99, ranNs: 6e9 }), waiting(20, 0, 0.2)],
      },
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
      when: 'it spins in the kernel on a lock that another holds',
      given: {
        ...one,
        cpus: [
          cpu(0, 10, 63, {
            mode: 'kernel',
            executing: [frame('native_queued_spin_lock_slowpath')],
          }),
        ],
      },
    },
    {
      when: 'the kernel does not let go of the CPU: another rule’s',
      given: {
        ...one,
        cpus: [
          cpu(0, 10, 63, {
            mode: 'kernel',
            executing: [frame('driver_scan', 'driver')],
            stopperWaitsSinceNs: ago(60),
          }),
        ],
      },
    },
    {
      when: 'programs take turns, and others get their share',
      given: { ...turns, tasks: [...turns.tasks.slice(0, 3), waiting(20, 0, 0.3)] },
    },
    {
      when: 'programs of one priority wait for a CPU that an ordinary one has kept',
      given: {
        tasks: [running(12, 0, 60), waiting(10, 0, 60, rr99), waiting(20, 0, 60)],
        cpus: [cpu(0, 12, 60)],
      },
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
