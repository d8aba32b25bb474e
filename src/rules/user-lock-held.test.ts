// Locks of programs whose holder does not let go.
import { testRule } from '../../testkit/rule-tester.ts';
import {
  byHand,
  cpu,
  forProgram,
  onFile,
  onLock,
  panic,
  running,
  task,
  waiting,
} from '../../testkit/scene.ts';
import rule from './user-lock-held.ts';

const hand = byHand(9);
const tasks = [task(1), task(2), task(3), task(4)];
const file = [onFile(2, '/a', 1, 20), onFile(3, '/a', 1, 19)];
const crawls = {
  address: '0xffff888001000000',
  name: 'office',
  quotaNs: 1e6,
  periodNs: 1e8,
  periods: 200,
  throttled: 190,
  pids: [1],
};

testRule(rule, {
  blames: [
    {
      when: 'the holder computes in its own program, and others wait for the file it has locked',
      given: {
        trigger: hand,
        tasks: [running(1, 0, 21), ...tasks.slice(1)],
        cpus: [cpu(0, 1, 21)],
        fileLocks: file,
      },
      culprits: [1],
      victims: [2, 3],
      confidence: 'likely',
      title: 'a program computes with a lock held',
    },
    {
      when: 'a program computes and has not read what others asked it over sockets',
      given: {
        trigger: hand,
        tasks: [running(1, 0, 21), ...tasks.slice(1)],
        cpus: [cpu(0, 1, 21)],
        programWaits: [2, 3].map((pid) => ({
          ...forProgram(pid, 'data', [1], 20),
          medium: 'socket' as const,
          other: { address: '0xffff888009000200', unread: 1, tcp: null },
        })),
      },
      culprits: [1],
      victims: [2, 3],
      title: 'a program computes and answers nobody',
    },
    {
      when: 'a program computes and has not read what another asked it over TCP',
      given: {
        trigger: hand,
        tasks: [running(1, 0, 21), ...tasks.slice(1)],
        cpus: [cpu(0, 1, 21)],
        programWaits: [
          {
            ...forProgram(2, 'data', [1], 20),
            medium: 'tcp' as const,
            other: {
              address: '0xffff888009000200',
              unread: 8,
              tcp: { ports: [40_000, 80], received: 8, read: 0 },
            },
          },
        ],
      },
      culprits: [1],
      victims: [2],
      title: 'a program computes and answers nobody',
    },
    {
      when: 'a debugger has stopped the holder',
      given: {
        trigger: hand,
        tasks,
        fileLocks: file,
        programWaits: [forProgram(1, 'tracer', [4], 20)],
      },
      culprits: [4],
      victims: [1, 2, 3],
      confidence: 'likely',
    },
    {
      when: 'a signal has stopped the holder',
      given: {
        trigger: hand,
        tasks: [task(1, { halted: 'stopped' }), ...tasks.slice(1)],
        fileLocks: file,
      },
      culprits: [1],
      title: 'a program with a lock held is stopped by a signal',
    },
    {
      when: 'the holder is frozen with its control group',
      given: {
        trigger: hand,
        tasks: [task(1, { halted: 'frozen' }), ...tasks.slice(1)],
        fileLocks: file,
      },
      culprits: [1],
      title: 'a program with a lock held is frozen with its control group',
    },
    {
      when: 'a program and its child have the file, and both were stopped',
      given: {
        trigger: hand,
        tasks: [
          task(1, { halted: 'stopped' }),
          ...tasks.slice(1, 3),
          task(4, { halted: 'stopped' }),
        ],
        fileLocks: file.map((wait) => ({ ...wait, holder: null, holders: [1, 4] })),
      },
      culprits: [1],
      victims: [2, 3],
    },
    {
      when: 'the holder’s group may have next to nothing of a CPU',
      given: {
        trigger: hand,
        tasks: [waiting(1, 0, 0.05), ...tasks.slice(1)],
        fileLocks: file,
        cpuQuotas: [crawls],
      },
      culprits: [1],
      victims: [2, 3],
      title: 'a program with a lock held gets too little of a CPU',
    },
    {
      when: 'the thread that held a mutex has ended',
      given: {
        trigger: hand,
        tasks,
        futexWaits: [
          onLock(2, '0x1000', null, 12, { owner: { pid: null, tid: 77, from: 'mutex' } }),
        ],
      },
      victims: [2],
      confidence: 'likely',
      title: 'a thread ended with a lock held',
    },
    {
      when: 'the holder of a mutex sleeps',
      given: {
        trigger: hand,
        tasks: [task(1, { lastArrivalNs: 80e9 }), ...tasks.slice(1)],
        futexWaits: [onLock(2, '0x1000', 1, 12)],
      },
      culprits: [1],
      confidence: 'possible',
    },
  ],
  troubles: [
    {
      when: 'the machine stopped for a fault',
      given: {
        trigger: panic({ kind: 'oops' }),
        tasks: [running(1, 0, 21), ...tasks.slice(1)],
        cpus: [cpu(0, 1, 21)],
        fileLocks: file,
      },
      culprits: [1],
    },
  ],
  doubts: [
    {
      when: 'the holder wants a CPU and gets none',
      given: { trigger: hand, tasks: [waiting(1, 0, 20), ...tasks.slice(1)], fileLocks: file },
      about: /wants a CPU and gets none/,
    },
    {
      when: 'the holder runs now and then',
      given: {
        trigger: hand,
        tasks: [running(1, 0, 0.1), ...tasks.slice(1)],
        cpus: [cpu(0, 1, 0.1)],
        fileLocks: file,
      },
      about: /may let go soon/,
    },
  ],
  silent: [
    {
      when: 'of a program and its child that have the file only one was stopped',
      given: {
        trigger: hand,
        tasks: [task(1, { halted: 'stopped' }), ...tasks.slice(1)],
        fileLocks: file.map((wait) => ({ ...wait, holder: null, holders: [1, 4] })),
      },
    },
    {
      when: 'a standby waits for the file that the active one has locked, which sleeps: as is meant',
      given: {
        trigger: hand,
        tasks: [task(1, { lastArrivalNs: 10e9 }), ...tasks.slice(1)],
        fileLocks: file,
      },
    },
    {
      when: 'the holder of a mutex slept only a moment ago',
      given: { trigger: hand, tasks, futexWaits: [onLock(2, '0x1000', 1, 12)] },
    },
    {
      when: 'they wait in a ring',
      given: {
        trigger: hand,
        tasks,
        futexWaits: [onLock(1, '0x1000', 2, 12), onLock(2, '0x2000', 1, 12)],
      },
    },
    {
      when: 'a program computes what it was asked over a socket: it has read that',
      given: {
        trigger: hand,
        tasks: [running(1, 0, 21), ...tasks.slice(1)],
        cpus: [cpu(0, 1, 21)],
        programWaits: [
          {
            ...forProgram(2, 'data', [1], 20),
            medium: 'socket' as const,
            other: { address: '0xffff888009000200', unread: 0, tcp: null },
          },
        ],
      },
    },
    {
      when: 'others wait for a moment only',
      given: {
        trigger: hand,
        tasks: [running(1, 0, 21), ...tasks.slice(1)],
        cpus: [cpu(0, 1, 21)],
        fileLocks: [onFile(2, '/a', 1, 0.5)],
      },
    },
    {
      when: 'programs compute, and nobody waits for a lock of theirs',
      given: { trigger: hand, tasks: [running(1, 0, 60), task(2)], cpus: [cpu(0, 1, 60)] },
    },
  ],
});
