// Whether output is coloured: what `--color`, the terminal and NO_COLOR say.
import type { ColorWish } from './arguments.ts';

export function isColoured(
  wish: ColorWish,
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (wish !== 'auto') return wish === 'always';
  // https://no-color.org: present and not empty, whatever it holds.
  return stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
}
