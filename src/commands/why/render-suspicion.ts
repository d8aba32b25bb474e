// What points at a suspect, and what clears it, as text.
import { type Look, Page, type Style } from './page.ts';
import type { Remark, Standing, Suspicion } from './suspect/suspicion.ts';

const STYLES: Readonly<Record<Standing, Style>> = {
  blamed: 'red',
  involved: 'yellow',
  suffers: 'green',
  cleared: 'green',
  nothing: 'green',
};

export function* renderSuspicion(suspicion: Suspicion, look: Look): Generator<string> {
  const { headline, standing, verdict, pointsAtIt, clearsIt, beside, doubts } = suspicion;
  const page = new Page(look);
  yield* page.head(headline, STYLES[standing]);
  yield* page.head(`The verdict on the machine: ${verdict.headline}`, 'bold');
  yield* remarks('Points at it', pointsAtIt, page, 'nothing was found');
  yield* remarks('Clears it', clearsIt, page, 'nothing was found');
  yield* remarks('Known of it, and neither', beside, page);
  if (doubts.length === 0) return;
  yield* page.heading('Doubts');
  for (const text of doubts) yield* page.item(text);
}

function* remarks(
  title: string,
  all: readonly Remark[],
  page: Page,
  none?: string,
): Generator<string> {
  if (all.length === 0 && none === undefined) return;
  yield* page.heading(title);
  if (all.length === 0) yield* page.item(none ?? '');
  for (const { claim, rule, command, output } of all) {
    yield* page.item(rule === null ? claim : `${claim} (${rule})`);
    if (command === null) continue;
    yield page.command(command);
    for (const line of output === '' ? [] : output.split('\n')) yield page.output(line);
  }
}
