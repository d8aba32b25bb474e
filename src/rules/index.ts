// The rules, each loaded when a verdict is asked for. The order is that of `why -v`; it decides nothing.
import type { AnyRule } from './kit/define.ts';

const loaders: Readonly<Record<string, () => Promise<{ default: AnyRule }>>> = {
  'rt-user-loop': () => import('./rt-user-loop.ts'),
  oops: () => import('./oops.ts'),
  'memory-exhausted': () => import('./memory-exhausted.ts'),
  'memory-pressure': () => import('./memory-pressure.ts'),
  'panic-call': () => import('./panic-call.ts'),
  'machine-check': () => import('./machine-check.ts'),
  'earlier-oops': () => import('./earlier-oops.ts'),
  nmi: () => import('./nmi.ts'),
  requested: () => import('./requested.ts'),
  'kernel-deadlock': () => import('./kernel-deadlock.ts'),
  'kernel-lock-held': () => import('./kernel-lock-held.ts'),
  'kernel-loop': () => import('./kernel-loop.ts'),
  'spin-deadlock': () => import('./spin-deadlock.ts'),
  'cpu-quota': () => import('./cpu-quota.ts'),
  'lost-event': () => import('./lost-event.ts'),
  'cpu-kept': () => import('./cpu-kept.ts'),
  'slow-io': () => import('./slow-io.ts'),
  uninterruptible: () => import('./uninterruptible.ts'),
  'user-deadlock': () => import('./user-deadlock.ts'),
  'user-lock-held': () => import('./user-lock-held.ts'),
  'lock-sleepers': () => import('./lock-sleepers.ts'),
  alarms: () => import('./alarms.ts'),
  bystanders: () => import('./bystanders.ts'),
};

export const ruleIds: readonly string[] = Object.keys(loaders);

export const loadRules = async (): Promise<readonly AnyRule[]> =>
  (await Promise.all(Object.values(loaders).map((load) => load()))).map((rule) => rule.default);
