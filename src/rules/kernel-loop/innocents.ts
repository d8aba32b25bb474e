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
      if (!spin && spinner.from !== 'answer') continue;
      const isBlamed = trigger.cpu === cpu;
      const log = isBlamed ? 'the watchdog’s alarm came from here, so the log blames it; ' : '';
      const reason = spin
        ? `${log}it only spins on ${shortLock(spin.object)}, which the code that goes round on CPU ${stuck.cpu} holds`
        : `${log}it only waits for CPU ${stuck.cpu} to answer, where code goes round with interrupts off`;
      yield exonerate('task', nameOf(spinner.task), reason, `bt ${spinner.task.pid}`);
      yield exonerate('cpu', `CPU ${cpu}`, reason, `bt -c ${cpu}`);
      const [spinning] = frames;
      if (spinning?.function)
        yield exonerate(
          'function',
          spinning.function,
          `it goes round until ${spin ? 'the lock is let go' : 'the other CPU answers'}: that ${nameOf(task)} does not is no fault of it`,
          `bt ${spinner.task.pid}`,
        );
    }
}
