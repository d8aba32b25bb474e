// Whether what others say of a machine is what `inquest live` says.

const same = (text) => text;

/** The further lines of one message are indented by some. */
const lines = (log) => log.trimEnd().replace(/^ +/gm, '');

/** How many entries are alike; those that are not are told. */
function compare(what, live, other, like = same, wanted = [...live.keys()]) {
  const both = wanted.filter((key) => other.has(key));
  const different = both.filter((key) => like(live.get(key)) !== other.get(key));
  for (const key of different)
    process.stdout.write(
      `  ${what} ${key}\n    live:  ${like(live.get(key))}\n    other: ${other.get(key)}\n`,
    );
  process.stdout.write(`  ${what}: ${both.length - different.length} of ${both.length} equal\n`);
  return different.length === 0 && both.length > 0;
}

/**
 * @param who whose answers they are
 * @param other the answers
 * @param live what `inquest live` said
 * @param later what was said after that and after the other answers: who was given a CPU in between does not count
 */
export function against(who, other, live, later) {
  process.stdout.write(`inquest live, against ${who}\n`);
  const asleep = [...live.lastRun.keys()].filter(
    (task) => live.lastRun.get(task) === later.lastRun.get(task),
  );
  const { like = {} } = other;
  const isLogAlike = lines(other.log).startsWith(lines(live.log));
  process.stdout.write(`  log: ${isLogAlike ? 'the other begins with it' : 'differs'}\n`);
  return [
    compare('sys', live.sys, other.sys),
    compare('ps', live.ps, other.ps, like.ps, asleep),
    compare('runq', live.runq, other.runq, like.runq),
    compare('bt', live.bt, other.bt, like.bt, asleep),
    compare('mod', live.mod, other.mod, like.mod),
    isLogAlike,
  ].every(Boolean);
}
