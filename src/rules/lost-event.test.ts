// Events that do not come.
import { testRule } from '../../testkit/rule-tester.ts';
import {
  asleepIn,
  byHand,
  frame,
  inLine,
  panic,
  read,
  task,
  waiting,
} from '../../testkit/scene.ts';
import type { EventKind, EventWait } from '../facts/event-waits.ts';
import rule from './lost-event.ts';

const hung = panic({ detector: 'hung-task' });
const tasks = [1, 2, 3].map((pid) => task(pid, { isUninterruptible: true, state: 2 }));
const event = (
  pid: number,
  kind: EventKind,
  seconds: number,
  about: Partial<EventWait> = {},
): EventWait => ({
  pid,
  kind,
  object: { type: kind, name: 'sheet_done', address: '0xffffffffc0004000', module: 'driver' },
  shownBy: { type: 'wait_page_queue', address: '0xffffc90000004000', line: '0xffffffffc0004000' },
  sinceNs: 100e9 - seconds * 1e9,
  waitsIn: frame('wait_for_completion'),
  calledBy: frame('driver_wait', 'driver'),
  modules: ['driver'],
  holders: [],
  ...about,
});

testRule(rule, {
  blames: [
    {
      when: 'a task waits for a completion that nobody gives',
      given: { trigger: hung, tasks, eventWaits: [event(1, 'completion', 20)] },
      waiters: [1],
      confidence: 'possible',
      title: 'a completion that nobody gives',
    },
    {
      when: 'two wait for a semaphore, a third for a lock that one of them holds',
      given: {
        trigger: byHand(9),
        tasks,
        eventWaits: [event(1, 'semaphore', 20), event(2, 'semaphore', 19)],
        kernelWaits: [inLine(3, 'a', 1, 18)],
      },
      waiters: [1, 2],
      victims: [3],
      title: 'a semaphore that is not given back',
    },
    {
      when: 'a writer waits for readers, one of whom sleeps below a function that works with the lock',
      given: {
        trigger: hung,
        tasks,
        eventWaits: [
          event(1, 'readers', 20, {
            holders: [{ pid: 3, from: 'names', function: frame('driver_watch', 'driver') }],
          }),
        ],
        kernelWaits: [inLine(2, 'a', 1, 18)],
      },
      holders: [3],
      waiters: [1],
      victims: [2],
      confidence: 'possible',
      title: 'a lock whose readers do not let it go',
    },
    {
      when: 'a page’s lock is taken and no disk has anything to do',
      given: { trigger: hung, tasks, eventWaits: [event(1, 'page', 20)] },
      title: 'a page’s lock that is not given back',
    },
    {
      when: 'a file system was frozen',
      given: { trigger: hung, tasks, eventWaits: [event(1, 'freeze', 20), event(2, 'freeze', 15)] },
      confidence: 'likely',
      title: 'a file system frozen and not thawed',
    },
  ],
  troubles: [
    {
      when: 'others wait in a ring of locks',
      given: {
        trigger: hung,
        tasks,
        eventWaits: [event(1, 'completion', 20)],
        kernelWaits: [inLine(2, 'a', 3, 20), inLine(3, 'b', 2, 20)],
      },
    },
    {
      when: 'somebody gets no CPU: it may be who would bring it',
      given: {
        trigger: byHand(9),
        tasks: [...tasks, waiting(7, 0, 20)],
        eventWaits: [event(1, 'completion', 20)],
      },
    },
    {
      when: 'the machine stopped for a fault',
      given: { trigger: panic({ kind: 'oops' }), tasks, eventWaits: [event(1, 'completion', 20)] },
    },
  ],
  doubts: [],
  silent: [
    {
      when: 'it has waited for a moment only',
      given: { trigger: hung, tasks, eventWaits: [event(1, 'completion', 2)] },
    },
    {
      when: 'it holds a lock that others wait for: another rule’s',
      given: {
        trigger: hung,
        tasks,
        eventWaits: [event(1, 'completion', 20)],
        kernelWaits: [asleepIn(1, 'driver_wait', 20), inLine(2, 'a', 1, 19)],
      },
    },
    {
      when: 'a disk has not answered yet',
      given: {
        trigger: hung,
        tasks,
        eventWaits: [event(1, 'page', 20)],
        blockIo: { disks: [], requests: [read('vda', 8, [])], accounts: [] },
      },
    },
    {
      when: 'the page is of a file system on another machine',
      given: {
        trigger: hung,
        tasks,
        eventWaits: [event(1, 'page', 20, { modules: ['nfs', 'sunrpc'] })],
      },
    },
    { when: 'nobody waits', given: { trigger: hung, tasks } },
  ],
});
