// A first word that is no command: a type, else a variable, else an expression, as crash takes it.
import { ExpressionError, evaluate } from '../../types/expression.ts';
import type { Context } from './define.ts';
import { scopeOf } from './expression.ts';

/**
 * The words of the command line that is meant; undefined: nothing of this kernel.
 *
 * @param words as typed; `*list_head` is `* list_head`
 */
export function meantBy(context: Context, words: readonly string[]): readonly string[] | undefined {
  const [first = '', ...others] = words;
  const scope = scopeOf(context);
  if (/^\*\w/.test(first)) return ['*', first.slice(1), ...others];
  // gdb's way to give a format.
  if (/^p\/[xd]$/.test(first)) return ['p', `-${first.slice(2)}`, ...others];
  const name = /^(\w+)/.exec(first)?.[1] ?? '';
  const { types } = scope;
  if (['struct', 'union', 'enum'].includes(name)) return ['whatis', ...words];
  const isAggregate = ['struct', 'union'].some((kind) => types.find(kind as 'struct', name));
  const typedef = types.find('typedef', name);
  const isStruct = isAggregate || (typedef !== undefined && 'fields' in types.strip(typedef));
  if (isStruct && /^\w+(?:\.[\w.,[\]]+)?$/.test(first)) return ['*', ...words];
  if (others.length === 0 && (typedef !== undefined || types.find('enum', name)) && name === first)
    return ['whatis', first];
  const text = words.join(' ');
  const variable = /^(\w+)(?::[\w,-]*)?$/.exec(text)?.[1];
  if (variable !== undefined)
    return scope.variable(variable)?.type === undefined ? undefined : ['p', text];
  try {
    evaluate(scope, text);
    return ['p', text];
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}
