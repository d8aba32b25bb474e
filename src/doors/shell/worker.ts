// The worker: opens the dump, and answers the shell's questions one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { runLine } from '../../commands/kit/run.ts';
import { newSession, type Session } from '../../commands/kit/session.ts';
import { reachVerdict } from '../../commands/why/verify.ts';
import { seen } from '../../facts/kit/define.ts';
import { loadRules } from '../../rules/index.ts';
import type { Dump } from '../../types/dump.ts';
import { defectText } from '../cli/defect.ts';
import { createFile } from '../new-file.ts';
import { fresh, OpenError, openDump } from '../open.ts';
import { searchCrew } from '../search-crew.ts';
import {
  type Completion,
  type Message,
  type Request,
  runReply,
  type WorkerStart,
} from './protocol.ts';

/** ^C, seen where a long command tells how far it is. */
class Stopped extends Error {}

/** Oftener nobody can read it. */
const PROGRESS_MS = 100;

const start = workerData as WorkerStart;
const stop = new Int32Array(start.stop);
const crew = searchCrew(start.files, start.raw);
const session: Session = { ...newSession(), ...start.kept };
const send = (message: Message): void => parentPort?.postMessage(message);

/** Why there is no dump. */
let unopened: Message = { kind: 'unopened', message: '' };
const opening = open();
/** One question after the other, in the order they came. */
let last: Promise<void> = opening.then(() => {});
parentPort?.on('message', (request: Request) => {
  last = last.then(async () => {
    const dump = await opening;
    if (dump) send(await answer(fresh(dump), request));
    else send(unopened);
  });
});

async function open(): Promise<Dump | undefined> {
  try {
    const dump = await openDump(start.files, { raw: start.raw });
    send({ kind: 'opened', warnings: dump.source.warnings });
    return dump;
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    unopened = { kind: 'unopened', message: error.message };
    send(unopened);
    return undefined;
  }
}

async function answer(dump: Dump, request: Request): Promise<Message> {
  const { id } = request;
  if (request.ask === 'run') return { kind: 'ran', id, reply: await run(dump, request) };
  if (request.ask === 'headline') return { kind: 'headline', id, text: await headline(dump) };
  return { kind: 'completed', id, completion: await completion(dump, request.text) };
}

async function completion(dump: Dump, text: string): Promise<Completion> {
  const { complete } = await import('./complete.ts');
  try {
    return await complete({ dump, session }, text);
  } catch {
    // The command, when it is run, will say what is wrong.
    return [[], ''];
  }
}

async function run(dump: Dump, { line, mayWrite }: Request & { readonly ask: 'run' }) {
  const door = { searchCrew: crew, createFile: mayWrite ? createFile : undefined };
  let told = performance.now();
  const progress = (text: string): void => {
    if (Atomics.load(stop, 0) !== 0) throw new Stopped();
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    send({ kind: 'progress', text });
  };
  try {
    return runReply(await runLine({ dump, session, ...door, progress }, line), session);
  } catch (error) {
    const none = { command: line, warnings: [] };
    if (error instanceof Stopped)
      return {
        ...runReply({ ...none, ok: true, data: null, text: '' }, session),
        isStopped: true,
      };
    // The session outlives a defect of one command.
    const defect = { code: 'defect', message: defectText(error) };
    return runReply({ ...none, ok: false, error: defect }, session);
  }
}

async function headline(dump: Dump): Promise<string> {
  const ask = async (line: string) => {
    const { ok, text } = runReply(await runLine({ dump, session: newSession() }, line), session);
    return ok ? text : undefined;
  };
  const { verdict } = await reachVerdict((fact) => seen(dump, fact), await loadRules(), ask);
  return verdict.headline;
}
