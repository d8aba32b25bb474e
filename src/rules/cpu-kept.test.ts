// A CPU that was not given up.
import { testRule } from '../../testkit/rule-tester.ts';
import { cpu, frame, idleCpu, running, task, waiting } from '../../testkit/scene.ts';
import rule from './cpu-kept.ts';

const inKernel = (n: number, pid: number, name: string, module: string | null) =>
  cpu(n, pid, 15, { mode: 'kernel', executing: [frame(name, module, { isInterrupted: true })] });

testRule(rule, {
  troubles: [
    {
      when: 'one CPU goes round in a driver and the other spins on a lock',
      given: {
        tasks: [running(1, 0, 15), running(2, 1, 14), waiting(3, 0, 14), waiting(4, 1, 13)],
        cpus: [
          inKernel(0, 1, 'driver_scan', 'driver'),
          inKernel(1, 2, 'native_queued_spin_lock_slowpath', null),
        ],
      },
      holders: [1],
      waiters: [2],
      victims: [3, 4],
      culprits: [],
      title: '2 CPUs not given up',
    },
    {
      when: 'an ordinary program keeps a CPU in user mode',
      given: { tasks: [running(1, 0, 15), waiting(3, 0, 14)], cpus: [cpu(0, 1, 15)] },
      holders: [1],
      victims: [3],
    },
  ],
  doubts: [],
  silent: [
    {
      when: 'who waits is held back by the quota of its group',
      given: {
        tasks: [running(1, 0, 20), waiting(2, 0, 10)],
        cpus: [cpu(0, 1, 20)],
        cpuQuotas: [
          {
            address: '0xffff888001000000',
            name: 'office',
            quotaNs: 1e6,
            periodNs: 1e8,
            periods: 200,
            throttled: 198,
            pids: [2],
          },
        ],
      },
    },
    {
      when: 'a CPU is busy and others wait for moments',
      given: { tasks: [running(1, 0, 15), waiting(3, 0, 0.1)], cpus: [cpu(0, 1, 15)] },
    },
    { when: 'a CPU idles', given: { tasks: [task(1)], cpus: [idleCpu(0)] } },
    {
      when: 'the clock cannot be read',
      given: { nowNs: null, tasks: [running(1, 0, 15), waiting(3, 0, 14)], cpus: [cpu(0, 1, 15)] },
    },
  ],
});
