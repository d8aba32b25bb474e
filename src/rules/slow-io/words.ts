// What is said of a disk that answers too late, and what shows it.
import type { BlockIo, DiskFact, FileCall } from '../../facts/block-io.ts';
import { spell } from '../../facts/kit/frames.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Blame, type Evidence, see, suspect } from '../kit/define.ts';
import {
  ageLine,
  asSuspect,
  count,
  frameLine,
  join,
  literal,
  memberLine,
  nameOf,
  seconds,
} from '../kit/text.ts';
import { byHand, stoppedBy } from '../kit/trigger-words.ts';
import type { Suspect } from '../kit/verdict.ts';
import type { DiskWait, SlowDisk } from './slow-disks.ts';

/** In words; all are in the list of suspects. */
const MOST_NAMED = 4;

export function accusation(
  late: readonly SlowDisk[],
  io: BlockIo,
  trigger: Trigger,
  asker: TaskFact | undefined,
  hasOthers: boolean,
): Blame {
  const stop = trigger.kind === 'sysrq' ? byHand(asker) : stoppedBy(trigger);
  const waits = late.flatMap((one) => one.waits);
  const names = waits.slice(0, MOST_NAMED).map(({ task }) => nameOf(task));
  const more = waits.length > MOST_NAMED ? [`${waits.length - MOST_NAMED} more`] : [];
  const who = join([...names, ...more]);
  const verb = waits.length === 1 ? 'waits' : 'wait';
  const disks = join(late.map(({ disk }) => disk.name));
  const facts = late.map(describe).join('; ');
  return {
    says: 'blame',
    where: 'hardware',
    kind: 'slow',
    title: `I/O slow: ${count(late.length, 'disk')} answer${late.length === 1 ? 's' : ''} far too late`,
    confidence: hasOthers ? 'possible' : 'likely',
    headline: `${who} ${verb} for the disk ${disks}, which answers far too late: ${facts}. It does answer: this is slow, and no deadlock; the cause is the disk, or what is behind it, not the program. ${stop}.`,
    because: `${who} ${verb} for the disk ${disks}: ${facts}`,
    suspects: [
      ...late.map((one) => culprit(one, io.disks)),
      ...waits.map(waiting),
      ...(trigger.kind === 'sysrq' && asker ? [askedFor(asker, trigger)] : []),
    ],
    evidence: late.flatMap((one) => [
      ...one.waits.slice(0, MOST_NAMED).flatMap(waitEvidence),
      ...diskEvidence(one),
    ]),
    next: [
      {
        text: `Look at ${disks} itself and at what serves it: its host or array, its cable, its limits; the kernel's log has its errors, if it told of any.`,
        command: 'log',
      },
      { text: 'See who else waits.', command: 'foreach UN bt' },
    ],
    doubts: [
      'whether the disk, its host, or the way to it (a lost interrupt) holds the request up cannot be told from this side of it',
    ],
  };
}

/** `its read of 4096 bytes has been under way for 8.31 s, and the 6 before took 5.32 s each` */
function describe({ request, requestAgeNs, before }: SlowDisk): string {
  const { operation, bytes } = request;
  const past =
    before && before.count > 0
      ? `, and the ${count(before.count, `${operation === 'read' ? 'read' : 'write'}`)} before took ${seconds(before.meanNs)}${before.count > 1 ? ' each, in the mean' : ''}`
      : '';
  return `a ${operation} of ${bytes} bytes has been under way for ${seconds(requestAgeNs)}${past}`;
}

function culprit(one: SlowDisk, disks: readonly DiskFact[]): Suspect {
  const { disk, request } = one;
  const { name, address, driver, inFlight } = disk;
  const others = disks.filter((other) => other.name !== name);
  const idle = others.filter((other) => other.inFlight === 0);
  const beside =
    others.length > 0 && idle.length === others.length
      ? `; the other disks (${join(others.map((other) => other.name))}) have nothing under way`
      : '';
  const by = driver ? `, driven by ${driver}` : '';
  return suspect(
    'culprit',
    `disk ${name}${by}: ${count(inFlight, 'request')} under way; ${describe(one)} (sector ${request.sector}, since ${((request.sinceNs ?? 0) / 1e9).toFixed(2)} s of uptime)${beside}`,
    { object: { type: 'gendisk', name, address, module: null } },
  );
}

/** `write(1, …, 512) to /dev/mtd0` */
const spellCall = ({ name, fd, bytes, path }: FileCall): string =>
  `${name}(${fd}, …, ${bytes})${path ? ` ${name === 'read' ? 'from' : 'to'} ${path}` : ''}`;

function waiting({ task, sleeper, waiter, request, account, ageNs }: DiskWait): Suspect {
  const age = ageNs === null ? '' : ` for ${seconds(ageNs)}`;
  const place = sleeper.waitsIn ? ` in ${spell(sleeper.waitsIn)}` : '';
  const by = sleeper.calledBy ? `, called by ${spell(sleeper.calledBy)}` : '';
  const call = waiter.call ? `, within ${spellCall(waiter.call)}` : '';
  const done =
    account && waiter.call
      ? `. Its calls do end: ${waiter.call.name === 'write' ? `${count(account.writes, 'write')} of ${account.writtenBytes} bytes together` : `${count(account.reads, 'read')} of ${account.readBytes} bytes together`} since it began`
      : '';
  return suspect(
    'waiter',
    `asleep${age}${place}${by}${call}: waits for a ${request.operation} of ${request.disk}${done}`,
    { task: asSuspect(task), cpu: task.cpu },
  );
}

const askedFor = (task: TaskFact, { cpu }: Trigger): Suspect =>
  suspect('trigger', 'only asked for the dump, through /proc/sysrq-trigger', {
    task: asSuspect(task),
    cpu,
  });

function waitEvidence({ task, sleeper, waiter, request, ageNs }: DiskWait): Evidence[] {
  const frames = [sleeper.waitsIn, sleeper.calledBy].flatMap((frame) => (frame ? [frame] : []));
  const address = (hex: string): string => hex.slice(2);
  return [
    ...(ageNs === null
      ? []
      : [
          see(
            `${nameOf(task)} has been asleep for ${seconds(ageNs)}`,
            `ps -m ${task.pid}`,
            ageLine(ageNs, task),
          ),
        ]),
    ...(frames.length === 0
      ? []
      : [
          see(`it waits in ${join(frames.map(spell))}`, `bt ${task.pid}`, ...frames.map(frameLine)),
        ]),
    ...(waiter.waiter && waiter.type && waiter.object
      ? [
          see(
            waiter.kind === 'page'
              ? `it waits for the page at ${waiter.object}`
              : `it waits for the buffer at ${waiter.object}`,
            `struct ${waiter.type} ${address(waiter.waiter)}`,
            new RegExp(`^\\s*(?:folio|page|flags) = ${literal(waiter.object)}\\b`),
          ),
        ]
      : []),
    waiter.kind === 'page'
      ? see(
          `${request.disk} is to ${request.operation} that very page`,
          `struct bio_vec ${address(waiter.named)}`,
          /^\s*bv_page = 0x[0-9a-f]+/,
        )
      : see(
          `${request.disk} is to tell whoever waits for ${waiter.object}`,
          `struct bio.bi_private ${address(waiter.named)}`,
          memberLine('bi_private', waiter.object ?? ''),
        ),
    ...(waiter.call
      ? [
          see(
            `its calls do end: what it has read and written so far`,
            `task -R ioac ${task.pid}`,
            /^\s*(?:rchar|wchar|syscr|syscw) = \d+/,
          ),
        ]
      : []),
  ];
}

function diskEvidence({ disk, request, requestAgeNs, before }: SlowDisk): Evidence[] {
  return [
    see(
      `the request is with the disk's driver, made ${seconds(requestAgeNs)} ago`,
      `struct request.state,start_time_ns,__sector,__data_len ${request.address.slice(2)}`,
      memberLine('state', 'MQ_RQ_IN_FLIGHT'),
      memberLine('start_time_ns', request.sinceNs ?? 0),
    ),
    see(
      `that disk is ${disk.name}`,
      `struct gendisk.disk_name ${disk.address.slice(2)}`,
      new RegExp(`^\\s*disk_name = "${literal(disk.name)}`),
    ),
    ...(disk.stats && before && before.count > 0
      ? [
          see(
            `it has answered ${count(before.count, 'request')} of that kind, ${seconds(before.meanNs)} each in the mean (nanoseconds by kind: reads first; these are one CPU's counts)`,
            `struct disk_stats.nsecs,ios ${disk.stats.slice(2)}`,
            /^\s*nsecs = \{/,
            /^\s*ios = \{/,
          ),
        ]
      : []),
  ];
}
