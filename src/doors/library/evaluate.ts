// The library's way to C expressions: what `p` evaluates.
import type { VirtualAddress } from '../../bytes/address.ts';
import { scopeOf } from '../../commands/kit/expression.ts';
import { newSession } from '../../commands/kit/session.ts';
import type { CValue } from '../../types/c-print.ts';
import type { Dump } from '../../types/dump.ts';
import {
  evaluateAddress as addressIn,
  evaluate as evaluateIn,
  type Scope,
} from '../../types/expression.ts';

const scope = (dump: Dump): Scope => scopeOf({ dump, session: newSession(), warn() {} });

/**
 * The value of a C expression, as `p` knows them: `init_task.comm`, `((struct file *)0xffff…)->f_inode`,
 * `runqueues:0`. What of it cannot be read stands in the value as `{ kind: 'unreadable', fault }`;
 * `toJson` makes plain data of it.
 *
 * @example
 * ```js
 * console.log(toJson(evaluate(dump, 'init_task.comm'))); // swapper/0
 * ```
 * @throws ExpressionError when it is no expression, or has a name that this kernel does not know
 */
export function evaluate(dump: Dump, text: string): CValue {
  const names = scope(dump);
  return names.read(evaluateIn(names, text)).value;
}

/**
 * A C expression that comes to an address or a whole number.
 *
 * @example
 * ```js
 * const head = evaluateAddress(dump, '&modules');
 * console.log(hex(head), dump.symbols.at(head)?.name); // 0xffffffffb612ed80 modules
 * ```
 * @throws ExpressionError also when it comes to something else, or cannot be read
 */
export const evaluateAddress = (dump: Dump, text: string): VirtualAddress =>
  addressIn(scope(dump), text);
