// `struct new_utsname`: what `uname` says. include/linux/utsname.h
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { globalStruct } from './globals.ts';

const utsShape = shape('uts_namespace', {
  nodename: ['name.nodename'],
  release: ['name.release'],
  version: ['name.version'],
  machine: ['name.machine'],
});

/** The machine's own names: those of the initial UTS namespace. Strings from the dump, not escaped. */
export class UtsNamespace extends View<keyof typeof utsShape.fields> {
  protected readonly shape = utsShape;

  get nodename(): string | Fault {
    return this.text('nodename');
  }
  get release(): string | Fault {
    return this.text('release');
  }
  /** `#1 SMP PREEMPT_DYNAMIC Debian …` */
  get version(): string | Fault {
    return this.text('version');
  }
  get machine(): string | Fault {
    return this.text('machine');
  }
}

/** What the initial UTS namespace says. */
export function initialUts(dump: Dump): UtsNamespace | Fault {
  const at = globalStruct(dump, 'init_uts_ns');
  return isFault(at) ? at : new UtsNamespace(dump, at);
}
