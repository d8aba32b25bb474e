// A connection: what is queued on it, and who is at the other end.
import { suspect } from '../../rules/kit/define.ts';
import type { VerdictEvidence } from '../../rules/kit/verdict.ts';
import { callKind } from '../process/calls.ts';
import { type Connection, connection } from '../process/holders.ts';
import { callText } from '../tools/strace.ts';
import { forHowLong, sleepEvidence } from './evidence.ts';
import { asTask, type Scene, type Story, size, span, threadTask, whoIs } from './scene.ts';

const TRACE_SECONDS = 1.5;

export async function socket(scene: Scene): Promise<Story> {
  const { worst, instruments, process } = scene;
  const { open, wait } = worst;
  const peer = open?.inode ? connection(process.pid, open.inode) : undefined;
  const isWriting = wait?.call ? callKind(wait.call.number) === 'write' : false;
  const isSteps = worst.class === 'slow-steps';
  const trace = isSteps ? await instruments.trace(TRACE_SECONDS, worst.samples.tid) : undefined;
  const looked = isSteps && trace ? undefined : await instruments.stacks([worst.samples.tid], 1);
  const stack = looked?.evidence(worst.samples.tid, 'who calls');
  const steps = stepsOf(scene);
  const far = remoteName(peer);
  const who = whoIs(scene, worst);
  const waits = isWriting ? `to take what it sends` : 'to send something';
  const connecting = peer?.state === 'SYN_SENT';
  const headline = connecting
    ? `${who} waits${forHowLong(worst)} for ${far} to answer its connection.`
    : `${who} waits${isSteps ? ' again and again' : forHowLong(worst)} for ${far} ${waits}${steps ? `: ${steps.words}` : ''}.`;
  return {
    where: 'user',
    kind: 'slow',
    title: connecting ? 'waits for a connection' : isSteps ? 'a slow peer' : 'waits for its peer',
    rule: 'slow-socket',
    confidence: peer ? 'likely' : 'possible',
    headline,
    suspects: [
      ...(peer?.peers ?? [])
        .filter(({ pid }) => pid !== process.pid)
        .slice(0, 3)
        .map(({ pid, comm, state }) =>
          suspect('culprit', `it is at the other end, in state ${state}`, {
            task: asTask(pid, pid, comm),
          }),
        ),
      suspect('waiter', `it waits for ${far}`, { task: threadTask(scene, worst) }),
    ],
    evidence: [
      sleepEvidence(scene, worst),
      ...(steps ? [steps.evidence] : []),
      ...(peer && open ? [tableEvidence(scene, peer, open.inode ?? 0)] : []),
      ...(stack ? [stack] : []),
    ],
    next: nextOf(scene, peer, far),
    doubts: [
      ...(peer && peer.receiveQueue > 0 && !isWriting
        ? [`${size(peer.receiveQueue)} wait to be read: it may wait for something else by now`]
        : []),
      ...(peer ? [] : ['the connection was not found in the tables of the network']),
    ],
  };
}

function stepsOf(scene: Scene): { words: string; evidence: VerdictEvidence } | undefined {
  const { worst, instruments } = scene;
  const group = instruments.calls.find(
    ({ fd, calls }) => fd === worst.open?.fd && calls.some(({ tid }) => tid === worst.samples.tid),
  );
  if (!group || group.totalSeconds === 0) return undefined;
  const each = group.totalSeconds / group.calls.length;
  const rate = group.bytes / group.totalSeconds;
  return {
    words: `each ${group.name} takes ${span(each * 1000)}, ${size(rate)} a second`,
    evidence: {
      claim: `the longest ${group.name} took ${span(group.longest.seconds * 1000)}`,
      command: instruments.straceCommand(),
      output: callText(group.longest),
    },
  };
}

function remoteName(peer: Connection | undefined): string {
  if (!peer) return 'the other end of a socket';
  const [first] = peer.peers;
  if (first) return `${first.comm} (pid ${first.pid}), at ${peer.remote}`;
  if (peer.protocol === 'unix')
    return `the other end of a local socket${peer.local ? ` (${peer.local})` : ''}`;
  return peer.remote;
}

const tableEvidence = ({ process }: Scene, peer: Connection, inode: number): VerdictEvidence => ({
  claim: `the connection: ${peer.protocol} ${peer.local} → ${peer.remote} ${peer.state}, ${size(peer.receiveQueue)} to be read, ${size(peer.sendQueue)} to be sent`,
  command: `grep -w ${inode} /proc/${process.pid}/net/${peer.protocol}*`,
  output: peer.row,
});

function nextOf({ process }: Scene, peer: Connection | undefined, far: string) {
  const near = peer?.peers.filter(({ pid }) => pid !== process.pid) ?? [];
  if (near.length > 0)
    return near.slice(0, 2).map(({ pid, comm }) => ({
      text: `Look at ${comm}: why is it slow?`,
      command: `inquest slow ${pid}`,
    }));
  const address = peer?.remote.replace(/:\d+$/, '') ?? '';
  return [
    {
      text: `Look at ${far}, and at the way there: losses and round trips.`,
      command: address ? `ss -tinp dst ${address}` : 'ss -xp',
    },
  ];
}
