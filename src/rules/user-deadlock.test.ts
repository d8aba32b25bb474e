// Threads of programs that wait for each other.
import { testRule } from '../../testkit/rule-tester.ts';
import { byHand, forProgram, ipmi, onFile, onLock, panic, task } from '../../testkit/scene.ts';
import rule from './user-deadlock.ts';

const abba = [onLock(1, '0x1000', 2, 12), onLock(2, '0x2000', 1, 12)];
const three = [task(1), task(2), task(3)];
const hand = byHand(9);

testRule(rule, {
  blames: [
    {
      when: 'two programs wait for each other at two pipes',
      given: {
        tasks: three,
        trigger: hand,
        programWaits: [forProgram(1, 'data', [2], 12), forProgram(2, 'data', [1], 12)],
      },
      culprits: [1, 2],
      confidence: 'likely',
      title: '2 threads of 2 programs wait for each other',
    },
    {
      when: 'a parent waits for its child, whose output nobody reads but the parent',
      given: {
        tasks: three,
        trigger: hand,
        programWaits: [forProgram(1, 'child', [2], 12), forProgram(2, 'room', [1], 12)],
      },
      culprits: [1, 2],
    },
    {
      when: 'a parent with a handler for signals waits for its child, which cannot get rid of what it writes',
      given: {
        tasks: three,
        trigger: hand,
        programWaits: [
          { ...forProgram(1, 'child', [2], 12), handlesSignals: true },
          forProgram(2, 'room', [1], 12),
        ],
      },
      culprits: [1, 2],
    },
    {
      when: 'a lock’s holder waits at a pipe that any thread could write to, and all of them are stuck',
      given: {
        tasks: three,
        trigger: hand,
        futexWaits: [
          onLock(2, '0x1000', 1, 12),
          onLock(3, '0x7000', 1, 12, {
            kind: 'end',
            owner: { pid: 1, tid: 1, from: 'kernel' },
          }),
        ],
        programWaits: [forProgram(1, 'data', [3, 2], 12)],
      },
      culprits: [1, 2],
      victims: [3],
      confidence: 'likely',
    },
    {
      when: 'a file’s lock is held by a program of two threads, both of which are stuck',
      given: {
        tasks: [task(1), task(2, { tgid: 2 }), task(3, { tgid: 2 })],
        trigger: hand,
        fileLocks: [{ ...onFile(1, '/a', null, 12), holders: [2] }],
        programWaits: [forProgram(2, 'data', [1], 12), forProgram(3, 'data', [1], 12)],
      },
      confidence: 'likely',
    },
    {
      when: 'robust mutexes whose memory is not in the dump: the sleepers told the kernel who had them',
      given: {
        tasks: three,
        trigger: hand,
        futexWaits: abba.map((wait) => ({
          ...wait,
          value: 0x8000_0000 + (wait.owner?.pid ?? 0),
          owner: wait.owner && { ...wait.owner, from: 'call' as const },
          isWordRead: false,
          physical: null,
        })),
      },
      culprits: [1, 2],
      confidence: 'likely',
      title: 'AB-BA: 2 threads of 2 programs wait for each other',
    },
    {
      when: 'two threads hold what the other wants, and a third waits behind them',
      given: { tasks: three, trigger: hand, futexWaits: [...abba, onLock(3, '0x1000', 2, 10)] },
      culprits: [1, 2],
      victims: [3],
      confidence: 'proven',
      title: 'AB-BA: 2 threads of 2 programs wait for each other',
    },
    {
      when: 'a thread takes a lock twice',
      given: { tasks: three, trigger: hand, futexWaits: [onLock(1, '0x1000', 1, 12)] },
      culprits: [1],
      victims: [],
      confidence: 'proven',
      title: 'a thread waits for a lock that it holds itself',
    },
    {
      when: 'one holds a lock and waits for the end of another, which wants the lock',
      given: {
        tasks: three,
        trigger: hand,
        futexWaits: [
          onLock(1, '0x1000', 2, 12),
          onLock(2, '0x7000', 1, 12, {
            kind: 'end',
            operation: 'FUTEX_WAIT_BITSET',
            owner: { pid: 1, tid: 1, from: 'kernel' },
          }),
        ],
      },
      culprits: [1, 2],
      confidence: 'proven',
    },
    {
      when: 'two processes hold the file that the other wants',
      given: {
        tasks: three,
        trigger: hand,
        fileLocks: [onFile(1, '/a', 2, 12), onFile(2, '/b', 1, 12)],
      },
      culprits: [1, 2],
      confidence: 'proven',
      title: 'AB-BA: 2 threads of 2 programs wait for each other',
    },
    {
      when: 'only lock words name the owners',
      given: {
        tasks: three,
        trigger: hand,
        futexWaits: abba.map((wait) => ({
          ...wait,
          owner: wait.owner && { ...wait.owner, from: 'word' as const },
        })),
      },
      culprits: [1, 2],
      confidence: 'likely',
    },
    {
      when: 'the kernel’s queue could not be seen: one may have been woken',
      given: {
        tasks: three,
        trigger: hand,
        futexWaits: abba.map((wait) => ({ ...wait, isQueued: false })),
      },
      confidence: 'likely',
    },
    {
      when: 'the watchdog’s daemon is stuck in it',
      given: {
        tasks: three,
        trigger: ipmi(),
        feeder: { pid: 3, fd: 4 },
        futexWaits: [...abba, onLock(3, '0x1000', 2, 60)],
      },
      culprits: [1, 2],
      victims: [3],
    },
  ],
  troubles: [
    {
      when: 'the kernel faulted beside it: that stopped the machine',
      given: { tasks: three, trigger: panic({ kind: 'oops' }), futexWaits: abba },
    },
  ],
  doubts: [],
  silent: [
    {
      when: 'one of those who could write to the pipe goes on',
      given: {
        tasks: three,
        trigger: hand,
        programWaits: [forProgram(1, 'data', [2, 3], 12), forProgram(2, 'data', [1], 12)],
      },
    },
    {
      when: 'a supervisor with a handler for signals waits for its children, who read from its pipe to notice its end',
      given: {
        tasks: three,
        trigger: hand,
        programWaits: [
          { ...forProgram(1, 'child', [2, 3], 12), handlesSignals: true },
          forProgram(2, 'data', [1], 12),
          forProgram(3, 'data', [1], 12),
        ],
      },
    },
    {
      when: 'programs wait for each other for a moment',
      given: {
        tasks: three,
        trigger: hand,
        programWaits: [forProgram(1, 'data', [2], 0.2), forProgram(2, 'data', [1], 0.2)],
      },
    },
    {
      when: 'a parent waits for its child, which waits for input from elsewhere',
      given: { tasks: three, trigger: hand, programWaits: [forProgram(1, 'child', [2], 12)] },
    },
    { when: 'nobody waits', given: { tasks: three, trigger: hand } },
    {
      when: 'a thread waits for one that goes on',
      given: { tasks: three, trigger: hand, futexWaits: [onLock(1, '0x1000', 2, 12)] },
    },
    {
      when: 'one of the waits has a limit',
      given: {
        tasks: three,
        trigger: hand,
        futexWaits: [onLock(1, '0x1000', 2, 12), onLock(2, '0x2000', 1, 12, { isBounded: true })],
      },
    },
    {
      when: 'the programs’ memory is not in the dump',
      given: {
        tasks: three,
        trigger: hand,
        futexWaits: [onLock(1, '0x1000', null, 12), onLock(2, '0x2000', null, 12)],
      },
    },
    {
      when: 'a lock on a file may be another’s, too',
      given: {
        tasks: three,
        trigger: hand,
        fileLocks: [onFile(1, '/a', null, 12), onFile(2, '/b', 1, 12)],
      },
    },
    {
      when: 'a lock’s owner is gone',
      given: {
        tasks: three,
        trigger: hand,
        futexWaits: [
          onLock(1, '0x1000', null, 12, { owner: { pid: null, tid: 7, from: 'mutex' } }),
        ],
      },
    },
  ],
});
