// `struct irq_desc`: interrupts, who handles them, and how often each CPU took them. include/linux/irqdesc.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { onlineCpus } from './cpus.ts';
import { globalStruct } from './globals.ts';
import { mapleEntries } from './lib/maple.ts';
import { xarrayEntries } from './lib/xarray.ts';

const descShape = shape('irq_desc', {
  action: ['action'],
  // Per-CPU: an unsigned int (5.10, 6.1), a struct irqstat that begins with it (6.12, 7.2).
  kstatIrqs: ['kstat_irqs'],
});

/** An interrupt line. */
export class IrqDesc extends View<keyof typeof descShape.fields> {
  protected readonly shape = descShape;

  /** How often a CPU took it since boot (modulo 2^32). */
  countOn(cpu: number): number | Fault {
    const counters = this.pointer('kstatIrqs');
    if (isFault(counters)) return counters;
    if (counters === 0n) return 0;
    const at = this.dump.perCpuAddress(counters, cpu);
    return isFault(at) ? at : this.dump.memory.u32(at);
  }

  /** Its handlers; several where devices share it. */
  get actions(): readonly IrqAction[] {
    const actions: IrqAction[] = [];
    for (
      let at = this.pointer('action');
      !isFault(at) && at !== 0n && actions.length < MOST_SHARED;
    ) {
      const action: IrqAction = new IrqAction(this.dump, at);
      actions.push(action);
      at = action.pointer('next');
    }
    return actions;
  }
}

/** Devices on one line; bounds a damaged list. */
const MOST_SHARED = 64;

const actionShape = shape('irqaction', { handler: ['handler'], name: ['name'], next: ['next'] });

/** `struct irqaction`: a handler, and for which device. include/linux/interrupt.h */
export class IrqAction extends View<keyof typeof actionShape.fields> {
  protected readonly shape = actionShape;

  /** As /proc/interrupts names it; not escaped. */
  get name(): string | Fault {
    const at = this.pointer('name');
    return isFault(at) ? at : this.dump.memory.text(at, 64);
  }
}

export interface Irq {
  readonly irq: number;
  readonly desc: IrqDesc;
}

/**
 * Every interrupt of the machine: a maple tree since 721255b9826b ("genirq: Use a maple tree for interrupt descriptor
 * management", v6.5), a radix tree before. kernel/irq/irqdesc.c
 */
export function irqs(dump: Dump): readonly Irq[] | Fault {
  const maple = globalStruct(dump, 'sparse_irqs');
  const found: Irq[] = [];
  if (!isFault(maple)) {
    for (const { first, entry } of mapleEntries(dump, maple, MOST_IRQS))
      found.push({ irq: Number(first), desc: new IrqDesc(dump, entry) });
    return found;
  }
  const radix: VirtualAddress | Fault = globalStruct(dump, 'irq_desc_tree');
  if (isFault(radix)) return new Fault('no-symbol', undefined, 'sparse_irqs, irq_desc_tree');
  for (const { index, entry } of xarrayEntries(dump, radix, MOST_IRQS))
    found.push({ irq: index, desc: new IrqDesc(dump, virtual(entry)) });
  return found;
}

/** Thousands on the largest machines. */
const MOST_IRQS = 65536;

/** Of an interrupt, per online CPU; CPUs whose counter cannot be read are left out. */
export const countsOf = (desc: IrqDesc): { cpu: number; count: number }[] =>
  onlineCpus(desc.dump).flatMap((cpu) => {
    const count = desc.countOn(cpu);
    return isFault(count) ? [] : [{ cpu, count }];
  });
