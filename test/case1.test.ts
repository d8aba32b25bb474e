// docs/case1.md: the seven steps of the case that this program comes from, typed as crash's commands.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('what stands below each command is what it prints', () => {
  const { stdout, stderr, status } = spawnSync('node', ['scripts/case1.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
}, 60_000);

/** By step of the book: what the machine was made to do, as the one who made it wrote down (rt-loop's TRUTH.md). */
const truth: readonly (readonly RegExp[])[] = [
  [/91\.921143\] Kernel panic - not syncing: Watchdog pre-timeout/, /handle_new_recv_msgs/],
  [/ipmi_wdog_pretimeout_handler\.cold .*\[ipmi_watchdog\]/, /foreach bt \| grep -c e1000\n0\n/],
  [/mov {4}\$0x\w+,%rdi {2,}# "Watchdog pre-timeout"\n.*call .*<panic>/, /preop_val\n\$1 = 1 /],
  [/PID: 237 .*CPU: 0 .*\n.*\n.*CS: 0033/, /PID: 242 .*CPU: 1 .*\n.*\n.*CS: 0033/],
  [/^> +237 +233 +0 .*loop\.sh$/m, /^> +242 +233 +1 .*loop\.sh$/m, /PID: 233 .*"bash"/],
  [/policy = 2,\n {2}rt_priority = 99,\n {2}prio = 0,/, /\[ 98\] PID: 218 /, / = -1\n/],
  [/ = 90\n/, / = 30\n/, / = 60\n/, /\[0 00:00:59\.97\d\] \[RU\] {2}PID: 218 /, / = 50021\n/],
];

test('each of the seven steps says what happened', () => {
  const page = readFileSync('docs/case1.md', 'utf8');
  const steps = page.split(/^## (?=[1-7]\. )/m).slice(1);
  expect(steps).toHaveLength(truth.length);
  for (const [i, facts] of truth.entries())
    for (const fact of facts) expect(steps[i]).toMatch(fact);
});
