// What shows a loop in the kernel, and those behind it.
import type { StuckCpu } from '../../facts/kernel-loops.ts';
import { spell } from '../../facts/kit/frames.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { shortLock, showsSleep, spellLock } from '../kernel-locks/words.ts';
import { type Evidence, see } from '../kit/define.ts';
import { ageLine, count, exceptionLine, frameLine, literal, nameOf, seconds } from '../kit/text.ts';
import { takingEvidence } from '../spin-deadlock/evidence.ts';
import type { Loop, LoopScene, Spinner } from './scene.ts';

const MOST_FRAMES = 4;
const MOST_SLEEPERS = 4;

export function evidenceOf(loop: Loop, scene: LoopScene): Evidence[] {
  const { stuck, task } = loop;
  const where = stuck.loop ? spell(stuck.loop) : 'the kernel';
  return [
    see(
      `CPU ${stuck.cpu} (${nameOf(task)}) was in ${where}`,
      `bt ${stuck.context === 'task' ? stuck.pid : `-c ${stuck.cpu}`}`,
      ...framesOf(stuck),
    ),
    ...keptOff(stuck, loop.starved, scene),
    ...roundEvidence(stuck),
    ...loop.spinners.flatMap((spinner) => spinnerEvidence(spinner, loop, scene)),
    ...loop.sleepers
      .slice(0, MOST_SLEEPERS)
      .flatMap(({ task: sleeper, wait, ageNs }) => showsSleep(sleeper, wait, ageNs)),
  ];
}

const framesOf = ({ frames }: StuckCpu): RegExp[] =>
  frames
    .filter((frame) => frame.function !== null)
    .slice(0, MOST_FRAMES)
    .map((frame) => (frame.isInterrupted ? exceptionLine(frame) : frameLine(frame)));

/** That nothing else could run there: the thread above all others waits, and the rest of them. */
function keptOff(
  { cpu, pid, stopperPid, shownBy, sinceNs }: StuckCpu,
  starved: readonly TaskFact[],
  { nowNs }: LoopScene,
): Evidence[] {
  const stopper = starved.find((task) => task.pid === stopperPid);
  const others = starved.filter((task) => task.schedClass !== 'stop');
  const waits = (task: TaskFact) =>
    see(
      `${nameOf(task)}, which every other task gives way to, waits for CPU ${cpu} for ${seconds(nowNs - sinceNs)}: only code of the kernel that never gives way keeps it off`,
      `ps ${task.pid}`,
      new RegExp(`\\b${task.pid}\\b.*\\b${literal(task.address.slice(2))}\\b.*\\bRU\\b`),
    );
  return [
    ...(shownBy === 'stopper' && stopper ? [waits(stopper)] : []),
    ...(shownBy === 'reader' ? [reads(pid, nowNs - sinceNs)] : []),
    ...(others.length > 0
      ? [
          see(
            `${count(others.length, 'task')} waited for CPU ${cpu}`,
            `runq -c ${cpu}`,
            new RegExp(`CURRENT: PID: ${pid}\\b`),
            ...others.map((task) => new RegExp(`\\] PID: ${task.pid}\\b`)),
          ),
        ]
      : []),
  ];
}

/** That RCU waits for it. */
const reads = (pid: number, ns: number): Evidence =>
  see(
    `pid ${pid} has not left what it reads under rcu_read_lock(), and the grace period that began ${seconds(ns)} ago waits for that`,
    `task -R rcu_read_lock_nesting,rcu_blocked_node ${pid}`,
    /\brcu_read_lock_nesting = [1-9]/,
    /\brcu_blocked_node = 0xffff/,
  );

/** The code jumps back round the place the CPU was at. */
function roundEvidence({ loop, round }: StuckCpu): Evidence[] {
  if (!loop?.symbol || !round) return [];
  const name = literal(loop.symbol);
  const at = (offset: number) => (offset === 0 ? '' : `\\+${offset}`);
  return [
    see(
      `its code jumps back there: at +${round.jump} to +${round.target}`,
      `dis ${loop.symbol}`,
      new RegExp(`<${name}${at(round.jump)}>:.*\\bj\\w+\\s.*<${name}${at(round.target)}>`),
    ),
  ];
}

/** It waits for an answer that a CPU without interrupts cannot give. */
function answerEvidence({ stuck, task }: Spinner, loop: Loop): Evidence[] {
  return [
    see(
      `CPU ${stuck.cpu} (${nameOf(task)}) waits for another CPU to answer; CPU ${loop.stuck.cpu} takes no interrupts (RFLAGS, bit 9)`,
      `bt ${stuck.pid}`,
      ...framesOf(stuck),
    ),
    see(
      `CPU ${loop.stuck.cpu} takes no interrupts: bit 9 of RFLAGS is not set`,
      `bt ${loop.stuck.context === 'task' ? loop.stuck.pid : `-c ${loop.stuck.cpu}`}`,
      // The third digit from the right holds bits 8 to 11: without bit 9 it is 0, 1, 4, 5, 8, 9, c or d.
      /\bRFLAGS: [0-9a-f]*[014589cd][0-9a-f]{2}\b/,
    ),
  ];
}

function spinnerEvidence(spinner: Spinner, loop: Loop, { nowNs }: LoopScene): Evidence[] {
  const { stuck, task } = spinner;
  const { spin } = stuck;
  if (spinner.from === 'answer') return answerEvidence(spinner, loop);
  if (!spin) return [];
  const { object } = spin;
  const taker = spin.holders.find(({ cpu }) => cpu === loop.stuck.cpu);
  const age =
    task.lastArrivalNs === null
      ? []
      : [
          see(
            `${nameOf(task)} got CPU ${stuck.cpu} ${seconds(nowNs - task.lastArrivalNs)} ago`,
            `ps -m ${task.pid}`,
            ageLine(nowNs - task.lastArrivalNs, task),
          ),
        ];
  return [
    see(
      `CPU ${stuck.cpu} (${nameOf(task)}) spins on ${spellLock(object)}${spin.wantedBy ? `, which ${spell(spin.wantedBy)} wants` : ''}`,
      `bt ${stuck.pid}`,
      ...framesOf(stuck),
      ...(spin.from === 'queue' ? [] : [new RegExp(`\\bRDI: ${object.address.slice(2)}\\b`)]),
    ),
    ...age,
    see(
      `${shortLock(object)} is taken: its lowest byte is not 0`,
      `rd -8 ${object.address}`,
      new RegExp(`^${object.address.slice(2)}:\\s+(?!00)[0-9a-f]{2}\\b`),
    ),
    ...(taker ? takingEvidence(taker, object.address, shortLock(object)) : []),
  ];
}
