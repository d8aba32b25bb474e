// A pipe or a FIFO: who has the other end, and what does that one do?
import { suspect } from '../../rules/kit/define.ts';
import { join } from '../../rules/kit/text.ts';
import type { NextStep, VerdictEvidence } from '../../rules/kit/verdict.ts';
import { callKind } from '../process/calls.ts';
import { readPath } from '../process/futex.ts';
import { type Ends, otherEnds } from '../process/holders.ts';
import { intArgument } from '../process/stat.ts';
import { forHowLong, sleepEvidence } from './evidence.ts';
import { asTask, quoted, type Scene, type Story, threadTask, whoIs } from './scene.ts';

export async function pipe(scene: Scene): Promise<Story> {
  const { worst, instruments, process } = scene;
  const { open, wait } = worst;
  const isReading = wait?.call ? callKind(wait.call.number) !== 'write' : true;
  const name = open?.path ?? 'a pipe';
  const ends: Ends = open
    ? otherEnds(open, isReading ? 'write' : 'read')
    : { found: [], hidden: 0 };
  const others = ends.found.filter(({ pid }) => pid !== process.pid);
  const holdsBoth = ends.found.length > 0 && others.length === 0;
  const looked = await instruments.stacks([worst.samples.tid], 1);
  const stack = looked?.evidence(worst.samples.tid, 'who calls');
  const who = whoIs(scene, worst);
  const verb = isReading ? 'write' : 'read';
  const names = others.map(({ comm, pid }) => `${comm} (pid ${pid})`);
  if (ends.hidden > 0)
    instruments.doubt(
      `descriptors of ${ends.hidden} other processes may not be seen: more may have the pipe open`,
    );
  const does = isReading
    ? `waits${forHowLong(worst)} for something to read from`
    : `waits${forHowLong(worst)} for room in`;
  const cause = holdsBoth
    ? `which only it itself could ${verb}: nobody else has it open`
    : names.length > 0
      ? `which ${join(names)} could ${verb} and ${names.length > 1 ? 'do' : 'does'} not${worst.class === 'slow-steps' ? ' fast enough' : ''}`
      : 'of which the other end was not found';
  const isSteady = worst.class === 'slow-steps';
  return {
    where: 'user',
    kind: holdsBoth && !isSteady ? 'deadlock' : 'slow',
    title: holdsBoth
      ? 'waits for a pipe that only it itself has open'
      : isReading
        ? 'waits for another process to write'
        : 'waits for another process to read',
    rule: 'slow-pipe',
    confidence: open && ends.hidden === 0 && ends.found.length > 0 ? 'likely' : 'possible',
    headline: `${who} ${does} ${name}, ${cause}.`,
    suspects: [
      ...others.map(({ pid, comm, state }) =>
        suspect('culprit', `it has the other end of ${name} open, and is in state ${state}`, {
          task: asTask(pid, pid, comm),
        }),
      ),
      suspect(
        holdsBoth ? 'culprit' : 'waiter',
        holdsBoth ? 'it kept the other end open itself' : 'it waits',
        { task: threadTask(scene, worst) },
      ),
    ],
    evidence: [
      sleepEvidence(scene, worst),
      ...(open ? [linkEvidence(scene, name)] : []),
      ...(stack ? [stack] : []),
    ],
    next: nextSteps(others, scene, name, holdsBoth),
    doubts: [],
  };
}

const linkEvidence = ({ process, worst }: Scene, name: string): VerdictEvidence => ({
  claim: 'what the descriptor is',
  command: `readlink /proc/${process.pid}/fd/${worst.open?.fd}`,
  output: name,
});

function nextSteps(
  others: Ends['found'],
  { process }: Scene,
  name: string,
  holdsBoth: boolean,
): NextStep[] {
  if (holdsBoth)
    return [
      {
        text: 'Close the end that is not used, or find who should have got it.',
        command: `ls -l /proc/${process.pid}/fd`,
      },
    ];
  if (others.length === 0)
    return [
      {
        text: 'See who has the other end open, as root.',
        command: `ls -l /proc/*/fd | grep -F '${name}'`,
      },
    ];
  return others.slice(0, 3).map(({ pid, comm }) => ({
    text: `Look at ${comm}: why does it not get on?`,
    command: `inquest slow ${pid}`,
  }));
}

const O_ACCMODE = 3;

/** The open of a FIFO waits for somebody to open its other end. */
export async function fifo(scene: Scene): Promise<Story> {
  const { worst, process, instruments } = scene;
  const { wait, open } = worst;
  // A FIFO that is open already is a pipe with a name.
  if (open) return pipe(scene);
  const call = wait?.call;
  // open(path, flags), openat(folder, path, flags)
  const at = call && call.number === 2 ? 0 : 1;
  const path = (call && readPath(process.pid, call.arguments[at] ?? '0x0')) ?? 'a FIFO';
  const mode = call && call.number !== 437 ? intArgument(call, at + 1) & O_ACCMODE : undefined;
  const wanted = mode === 0 ? 'writing' : mode === 1 ? 'reading' : 'its other side';
  const looked = await instruments.stacks([worst.samples.tid], 1);
  const stack = looked?.evidence(worst.samples.tid, 'who calls');
  return {
    where: 'user',
    kind: 'slow',
    title: 'waits for another process to open a FIFO',
    rule: 'slow-fifo',
    confidence: 'likely',
    headline: `${whoIs(scene, worst)} waits${forHowLong(worst)} in the open of the FIFO ${path}, until another process opens it for ${wanted}.`,
    suspects: [
      suspect('waiter', `nobody has opened ${path} for ${wanted}`, {
        task: threadTask(scene, worst),
      }),
    ],
    evidence: [sleepEvidence(scene, worst), ...(stack ? [stack] : [])],
    next: [
      {
        text: `Start whatever should open ${path} for ${wanted}, or look why it does not.`,
        command: `ls -l ${path.startsWith('/') ? '' : `/proc/${process.pid}/cwd/`}${quoted(path)}`,
      },
    ],
    doubts: [],
  };
}
