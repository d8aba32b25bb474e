// C expressions on a dump: parsed, printed, evaluated.
export { ExpressionError } from './expression/error.ts';
export { evaluate, evaluateAddress } from './expression/evaluate.ts';
export { Scope, type Value } from './expression/scope.ts';
export { TypeSpace } from './expression/type-space.ts';
