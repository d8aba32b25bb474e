// x86-64 instructions as AT&T text, word for word what objdump prints. Decoded by iced-x86, whose AT&T formatter
// differs from binutils in what `att.ts` puts right.
import type { Instruction as Decoded, Decoder, Formatter } from 'iced-x86';
import { gasFormatter, textOf } from './att.ts';

export interface Instruction {
  readonly address: bigint;
  /** In bytes. */
  readonly length: number;
  /** As objdump has it, `(bad)` where nothing decodes; a branch's target and what stands behind `#` left out. */
  readonly text: string;
  /** Where a direct jump or call goes. */
  readonly target?: bigint;
  /** The address that a `(%rip)` operand or an absolute operand names. */
  readonly operand?: bigint;
  /** A constant that may be an address: `mov $0xffffffff82a3d0c0,%rdi`. */
  readonly immediate?: bigint;
}

type Iced = typeof import('iced-x86');

/** The longest instruction. Intel SDM volume 2, 2.3.11. */
export const MAX_LENGTH = 15;

/** A constant as wide as an address. */
const IMMEDIATE = /\$(0xffff[0-9a-f]{12})\b/;

let loaded: Disassembler | undefined;

/** Loads the decoder: some 20 ms, so only for who disassembles. */
export async function loadDisassembler(): Promise<Disassembler> {
  if (!loaded) {
    const iced = await import('iced-x86');
    loaded = new Disassembler(iced.default ?? iced);
  }
  return loaded;
}

/** @throws Error when `loadDisassembler` was not awaited before: a caller's mistake */
export function disassembler(): Disassembler {
  if (!loaded) throw new Error('the disassembler is not loaded');
  return loaded;
}

export class Disassembler {
  readonly #iced: Iced;
  readonly #formatter: Formatter;

  constructor(iced: Iced) {
    this.#iced = iced;
    this.#formatter = gasFormatter(iced);
  }

  /** The instructions of `bytes`, which lie at `address`; a last one that is cut off is `(bad)`. */
  *instructions(bytes: Uint8Array, address: bigint): Generator<Instruction> {
    const { Decoder, DecoderOptions, Instruction } = this.#iced;
    const decoder: Decoder = new Decoder(64, bytes, DecoderOptions.None);
    const decoded: Decoded = new Instruction();
    try {
      decoder.ip = address;
      while (decoder.canDecode) {
        const position = decoder.position;
        decoder.decodeOut(decoded);
        if (decoded.isInvalid) {
          // objdump goes on with the next byte.
          decoder.position = position + 1;
          decoder.ip = BigInt.asUintN(64, address + BigInt(position + 1));
          yield { address: address + BigInt(position), length: 1, text: '(bad)' };
          continue;
        }
        yield this.#instruction(decoded, bytes.subarray(position, position + decoded.length));
      }
    } finally {
      decoded.free();
      decoder.free();
    }
  }

  #instruction(decoded: Decoded, bytes: Uint8Array): Instruction {
    const { OpKind } = this.#iced;
    const text = textOf(this.#formatter, decoded, bytes);
    const immediate = IMMEDIATE.exec(text)?.[1];
    return {
      address: decoded.ip,
      length: decoded.length,
      text,
      ...(decoded.op0Kind === OpKind.NearBranch64 ? { target: decoded.nearBranchTarget } : {}),
      ...(immediate ? { immediate: BigInt(immediate) } : {}),
      ...(decoded.isIpRelMemoryOperand ? { operand: decoded.ipRelMemoryAddress } : {}),
    };
  }
}
