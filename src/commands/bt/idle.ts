// Whether a CPU did nothing: `bt -n idle`.

import { virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import { cpuRegisters } from '../../kernel/cpu-registers.ts';
import { runningTasks } from '../../kernel/cpus.ts';
import type { Task } from '../../kernel/task.ts';
import { Text } from '../../stacks/text.ts';

/**
 * The section of the code that waits for work: include/linux/cpuidle.h, __cpuidle (4.8 to 7.2), between
 * these symbols of include/asm-generic/vmlinux.lds.h.
 */
const IDLE_TEXT = ['__cpuidle_text_start', '__cpuidle_text_end'] as const;

/** Whether the CPU's registers, as saved, show its idle task in that section. */
export function isIdleOnCpu(task: Task): boolean {
  if (task.isIdle !== true) return false;
  const { dump } = task;
  const cpu = runningTasks(dump).get(task.address);
  const ip = cpu === undefined ? undefined : cpuRegisters(dump).get(cpu)?.registers.ip;
  if (ip === undefined) return false;
  const [start, end] = IDLE_TEXT.map((name) => dump.symbol(name));
  if (start === undefined || end === undefined || isFault(start) || isFault(end))
    return /idle|halt/.test(Text.of(dump).at(virtual(ip)).symbol ?? '');
  return ip >= start && ip < end;
}
