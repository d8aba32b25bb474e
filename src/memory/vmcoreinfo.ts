// VMCOREINFO: the kernel's own note about itself. kernel/vmcore_info.c (6.12), kernel/crash_core.c (5.10, 6.1).
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { latin1 } from '../bytes/cursor.ts';

/** `KEY=value` lines. Values are mixed decimal, bare hex and 0x-hex: each reader below knows its kind. */
export class Vmcoreinfo {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** @param bytes the note's text, up to a NUL or the end */
  static parse(bytes: Uint8Array): Vmcoreinfo {
    const values = new Map<string, string>();
    for (const line of latin1(bytes).split('\n')) {
      const equals = line.indexOf('=');
      if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1));
    }
    return new Vmcoreinfo(values);
  }

  /** Whether this says enough to open a kernel: a stray or torn copy does not. */
  get isComplete(): boolean {
    return ['OSRELEASE', 'PAGESIZE', 'SYMBOL(swapper_pg_dir)', 'KERNELOFFSET'].every((key) =>
      this.#values.has(key),
    );
  }

  /** The note's text again, for a dump that is to have one. */
  get note(): Uint8Array {
    const lines = Array.from(this.#values, ([key, value]) => `${key}=${value}\n`);
    return Buffer.from(lines.join(''), 'latin1');
  }

  get keys(): Iterable<string> {
    return this.#values.keys();
  }

  text(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** `SYMBOL(name)`: bare hex. */
  symbol(name: string): VirtualAddress | undefined {
    const value = this.#integer(`SYMBOL(${name})`, 16);
    return value === undefined ? undefined : virtual(value);
  }

  /** `NUMBER(name)`: signed decimal, or hex when it begins with 0x. */
  number(name: string): bigint | undefined {
    return this.#integer(`NUMBER(${name})`, 10);
  }

  /** `OFFSET(struct.member)`, in bytes. */
  offset(member: string): number | undefined {
    return this.#small(`OFFSET(${member})`);
  }

  /** `SIZE(struct)`, in bytes. */
  size(struct: string): number | undefined {
    return this.#small(`SIZE(${struct})`);
  }

  /** `KERNELOFFSET`: what KASLR added to the link addresses; bare hex. */
  get kernelOffset(): bigint | undefined {
    return this.#integer('KERNELOFFSET', 16);
  }

  #small(key: string): number | undefined {
    const value = this.#integer(key, 10);
    return value === undefined || value < 0n || value > 0xffff_ffffn ? undefined : Number(value);
  }

  #integer(key: string, radix: 10 | 16): bigint | undefined {
    const text = this.#values.get(key)?.trim();
    if (text === undefined) return undefined;
    const sign = text.startsWith('-') ? -1n : 1n;
    const digits = sign < 0n ? text.slice(1) : text;
    const hex = /^0x[0-9a-f]{1,16}$/i.test(digits);
    if (hex) return sign * BigInt(digits);
    if (radix === 16 && /^[0-9a-f]{1,16}$/i.test(digits)) return sign * BigInt(`0x${digits}`);
    if (radix === 10 && /^[0-9]{1,20}$/.test(digits)) return sign * BigInt(digits);
    return undefined;
  }
}
