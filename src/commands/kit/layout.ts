// What only the text of an answer needs, carried beside data that is a bare array.

const LAYOUT = Symbol('layout');

/** Data with what `render` must know beyond it; JSON does not see that. */
export type LaidOut<D extends object, L> = D & { readonly [LAYOUT]: L };

export const withLayout = <D extends object, L>(data: D, layout: L): LaidOut<D, L> =>
  Object.assign(data, { [LAYOUT]: layout });

export const layoutOf = <L>(data: LaidOut<object, L>): L => data[LAYOUT];
