// The devices of a class. drivers/base/base.h, include/linux/device/class.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { Walk } from '../bytes/walk.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { listEntries } from './lib/list.ts';

const deviceShape = shape('device', { type: ['type'], driver: ['driver'], parent: ['parent'] });

/** `struct device`. */
export class Device extends View<keyof typeof deviceShape.fields> {
  protected readonly shape = deviceShape;
}

const classShape = shape('class', { own: ['p'] });
class Class extends View<keyof typeof classShape.fields> {
  protected readonly shape = classShape;
}

const MAX_CLASSES = 10_000;

/**
 * The devices of a class, oldest first.
 *
 * @param name the variable that is the `struct class`
 */
export function classDevices(dump: Dump, name: string, limit: number): Walk<Device> {
  return new Walk(function* () {
    const at = dump.symbol(name);
    const list = dump.types.member('subsys_private', 'klist_devices.k_list');
    const node = dump.types.member('device_private', 'knode_class.n_node');
    const device = dump.types.member('device_private', 'device');
    if (isFault(at)) return at;
    if (!list || !node || !device) return new Fault('no-type', at, 'subsys_private');
    const own = privateOf(dump, at);
    if (isFault(own)) return own;
    const entries = listEntries(dump, virtual(own + BigInt(list.offset)), node.offset, { limit });
    let broken: Fault | undefined;
    for (const entry of entries) {
      const to = dump.memory.pointer(virtual(entry + BigInt(device.offset)));
      if (isFault(to)) broken ??= to;
      else yield new Device(dump, to);
    }
    return broken ?? entries.end;
  });
}

/**
 * A class's `struct subsys_private`: a member of it on 5.10 and 6.1; 6.12 and 7.2 look it up in class_kset:
 * class_to_subsys(), drivers/base/class.c.
 */
function privateOf(dump: Dump, at: VirtualAddress): VirtualAddress | Fault {
  const known = new Class(dump, at);
  if (known.has('own')) return known.pointer('own');
  const kset = dump.symbol('class_kset');
  const list = dump.types.member('kset', 'list');
  const link = dump.types.member('subsys_private', 'subsys.kobj.entry');
  const cls = dump.types.member('subsys_private', 'class');
  if (isFault(kset)) return kset;
  if (!list || !link || !cls) return new Fault('no-type', kset, 'struct kset');
  const set = dump.memory.pointer(kset);
  if (isFault(set)) return set;
  const head = virtual(set + BigInt(list.offset));
  for (const entry of listEntries(dump, head, link.offset, { limit: MAX_CLASSES }))
    if (dump.memory.pointer(virtual(entry + BigInt(cls.offset))) === at) return entry;
  return new Fault('implausible', at, 'a class that is not in class_kset');
}
