// Whom the log and the traces show first, and who only waited behind the loop.
import type { Trigger } from '../../facts/trigger.ts';
import { shortLock } from '../kernel-locks/words.ts';
import { type Exoneration, exonerate } from '../kit/define.ts';
import { nameOf } from '../kit/text.ts';
import type { LoopScene } from './scene.ts';

export function* innocents({ loops }: LoopScene, trigger: Trigger): Generator<Exoneration> {
  for (const { stuck, task, spinners } of loops)
    for (const spinner of spinners) {
      const { cpu, spin, frames } = spinner.stuck;
      if (!spin) continue;
      const isBlamed = trigger.cpu === cpu;
      const log = isBlamed ? 'the watchdog’s alarm came from here, so the log blames it; ' : '';
      const reason = `${log}it only spins on ${shortLock(spin.object)}, which the code that goes round on CPU ${stuck.cpu} holds`;
      yield exonerate('task', nameOf(spinner.task), reason, `bt ${spinner.task.pid}`);
      yield exonerate('cpu', `CPU ${cpu}`, reason, `bt -c ${cpu}`);
      const [spinning] = frames;
      if (spinning?.function)
        yield exonerate(
          'function',
          spinning.function,
          `it goes round until the lock is let go: that ${nameOf(task)} does not is no fault of it`,
          `bt ${spinner.task.pid}`,
        );
    }
}
