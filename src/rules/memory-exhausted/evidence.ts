// What shows where the memory went.
import type { MemoryUse } from '../../facts/memory-use.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Evidence, see } from '../kit/define.ts';
import { literal } from '../kit/text.ts';
import type { Eater } from './eater.ts';
import { size } from './words.ts';

export function evidenceOf(memory: MemoryUse, eater: Eater, trigger: Trigger): Evidence[] {
  const { counter, pages } = eater.share;
  const evidence: Evidence[] = [];
  if (trigger.pid !== null)
    evidence.push(
      see(
        'an allocation found no memory, and the kernel is set to panic then',
        `bt ${trigger.pid}`,
        /\bout_of_memory\b/,
      ),
    );
  evidence.push(
    see(
      'the kernel’s own account of the memory, just before',
      'log',
      /^.*\bMem-Info:/,
      /\bfree:\d+ free_pcp:/,
    ),
  );
  if (counter)
    evidence.push(
      see(
        `${counter.name} is ${counter.value}: ${size(pages)} of ${size(memory.totalPages)}`,
        `rd -D ${counter.address.slice(2)} 1`,
        new RegExp(`:\\s+${counter.value}\\b`),
      ),
    );
  for (const { pid, comm } of eater.tasks.slice(0, 3))
    evidence.push(
      see(
        `${comm} has as much (RSS)`,
        `ps ${pid}`,
        new RegExp(`^>?\\s*${pid}\\s.*${literal(comm)}`),
      ),
    );
  if (eater.cache)
    evidence.push(
      see(
        `the slab cache ${eater.cache.name} has ${eater.cache.slabs} slabs`,
        `struct kmem_cache_node.nr_slabs ${eater.cache.node.slice(2)}`,
        new RegExp(`\\b${eater.cache.slabs}\\b`),
      ),
    );
  return evidence;
}
