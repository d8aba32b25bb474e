// Tries a rule on scenes, both ways: where it must speak, and where it must hold its tongue.
import { describe, expect, test } from 'vitest';
import type { Fact } from '../src/facts/kit/define.ts';
import type { AnyRule, Blame, Finding, Trouble } from '../src/rules/kit/define.ts';
import { lookAt, type Scene } from './scene.ts';

export interface Case {
  /** A clause: `two tasks queue behind a holder that sleeps`. */
  readonly when: string;
  readonly given: Scene;
}

interface SpeakingCase extends Case {
  /** Suspects' PIDs by role, in any order; roles left out are not looked at. */
  readonly culprits?: readonly number[];
  readonly holders?: readonly number[];
  readonly waiters?: readonly number[];
  readonly victims?: readonly number[];
  readonly confidence?: Blame['confidence'];
  readonly title?: string;
}

export interface Trial {
  readonly blames?: readonly SpeakingCase[];
  readonly troubles?: readonly SpeakingCase[];
  /** Names that are cleared, without what else is found. */
  readonly exonerates?: readonly (Case & { readonly names: readonly string[] })[];
  /** A doubt, and no more. */
  readonly doubts: readonly (Case & { readonly about: RegExp })[];
  /** Nothing at all. */
  readonly silent: readonly Case[];
}

/** What a rule finds on a scene. */
export function findings(rule: AnyRule, scene: Scene): Finding[] {
  const look = lookAt(scene);
  const given = Object.fromEntries(
    Object.entries(rule.needs as Record<string, Fact<unknown>>).map(([name, fact]) => [
      name,
      look(fact).value,
    ]),
  );
  return [...rule.judge(given)];
}

export function testRule(rule: AnyRule, trial: Trial): void {
  describe(rule.id, () => {
    for (const kind of ['blame', 'trouble'] as const)
      for (const expected of trial[`${kind}s`] ?? [])
        test(`${kind}s when ${expected.when}`, () => {
          const found = findings(rule, expected.given).find((f) => f.says === kind);
          expect(found, `a ${kind}`).toBeDefined();
          compare(found as Blame | Trouble, expected);
        });
    for (const { when, given, names } of trial.exonerates ?? [])
      test(`exonerates when ${when}`, () => {
        const cleared = findings(rule, given).flatMap((f) =>
          f.says === 'exonerated' ? [f.name] : [],
        );
        expect(cleared.sort()).toEqual([...names].sort());
      });
    for (const { when, given, about } of trial.doubts)
      test(`only doubts when ${when}`, () => {
        const found = findings(rule, given);
        expect(found.map((f) => f.says)).toEqual(['doubt']);
        expect(found[0]).toHaveProperty('because', expect.stringMatching(about));
      });
    for (const { when, given } of trial.silent)
      test(`is silent when ${when}`, () => expect(findings(rule, given)).toEqual([]));
  });
}

function compare(found: Blame | Trouble, expected: SpeakingCase): void {
  const pids = (role: string) =>
    found.suspects
      .filter((s) => s.role === role)
      .map((s) => s.task?.pid)
      .sort();
  for (const role of ['culprit', 'holder', 'waiter', 'victim'] as const) {
    const wanted = expected[`${role}s`];
    if (wanted) expect(pids(role), `${role}s`).toEqual([...wanted].sort());
  }
  if (expected.confidence) expect(found).toHaveProperty('confidence', expected.confidence);
  if (expected.title) expect(found.title).toBe(expected.title);
  for (const { shows, command } of found.evidence) {
    expect(command).not.toBe('');
    expect(shows.length).toBeGreaterThan(0);
  }
}
