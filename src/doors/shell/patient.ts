// The dump behind the prompt, opened by a worker: questions to it can be broken off.
import { Worker } from 'node:worker_threads';
import { newSession } from '../../commands/kit/session.ts';
import { OpenError } from '../open.ts';
import type { Completion, Kept, Message, Request, RunReply, WorkerStart } from './protocol.ts';

/** What a command gets to end by itself before its worker is ended. */
const GRACE_MS = 250;

type Ask = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

interface Waiting {
  resolve(message: Message | undefined): void;
  reject(error: unknown): void;
}

export class Patient {
  readonly #files: readonly string[];
  readonly #raw: boolean;
  readonly #onProgress: (text: string) => void;
  readonly #stop = new SharedArrayBuffer(4);
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker;
  #opened: Promise<readonly string[]>;
  #kept: Kept;
  #values = 0;
  #asked = 0;

  /**
   * @param pages whether long answers go to a pager; undefined: there is no terminal
   * @param onProgress told how far a long command is
   */
  constructor(
    { files, raw, pages }: Pick<WorkerStart, 'files' | 'raw'> & Pick<Kept, 'pages'>,
    onProgress: (text: string) => void,
  ) {
    this.#files = files;
    this.#raw = raw;
    this.#onProgress = onProgress;
    const { values: _, ...kept } = newSession();
    this.#kept = { ...kept, pages };
    [this.#worker, this.#opened] = this.#start();
  }

  /** What is damaged in the dump. @throws OpenError when it is none */
  get opened(): Promise<readonly string[]> {
    return this.#opened;
  }

  /**
   * @returns undefined: it was interrupted
   * @throws OpenError when the dump is not there any more, or what ended the worker
   */
  async run(line: string, mayWrite: boolean): Promise<RunReply | undefined> {
    new Int32Array(this.#stop)[0] = 0;
    const message = await this.#ask({ ask: 'run', line, mayWrite });
    if (message?.kind !== 'ran') return undefined;
    this.#kept = message.reply.kept;
    this.#values = message.reply.values;
    return message.reply.isStopped ? undefined : message.reply;
  }

  async complete(text: string): Promise<Completion> {
    const message = await this.#ask({ ask: 'complete', text });
    return message?.kind === 'completed' ? message.completion : [[], ''];
  }

  /** The verdict's first line; undefined when there is none. */
  async headline(): Promise<string | undefined> {
    const message = await this.#ask({ ask: 'headline' });
    return message?.kind === 'headline' ? message.text : undefined;
  }

  /**
   * Ends what is running: asks it to, then opens the dump anew in another worker.
   *
   * @returns whether what `p` printed before is lost
   */
  async interrupt(): Promise<boolean> {
    new Int32Array(this.#stop)[0] = 1;
    const until = performance.now() + GRACE_MS;
    while (this.#waiting.size > 0 && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 10));
    if (this.#waiting.size === 0) return false;
    const lost = this.#values > 0;
    this.#values = 0;
    const old = this.#worker;
    [this.#worker, this.#opened] = this.#start();
    for (const { resolve } of this.#takeWaiting()) resolve(undefined);
    await old.terminate();
    return lost;
  }

  async close(): Promise<void> {
    for (const { resolve } of this.#takeWaiting()) resolve(undefined);
    await this.#worker.terminate();
  }

  #start(): [Worker, Promise<readonly string[]>] {
    const workerData: WorkerStart = {
      files: this.#files,
      raw: this.#raw,
      kept: this.#kept,
      stop: this.#stop,
    };
    const worker = new Worker(new URL('./shell-worker.mjs', import.meta.url), { workerData });
    let isOpen = false;
    const opened = new Promise<readonly string[]>((resolve, reject) => {
      const fail = (error: unknown): void => {
        reject(error);
        if (worker !== this.#worker) return;
        for (const waiting of this.#takeWaiting()) waiting.reject(error);
      };
      worker.on('error', (error) => {
        fail(error);
        // It ran out of memory, say: the next command finds another.
        if (isOpen && worker === this.#worker) [this.#worker, this.#opened] = this.#start();
      });
      worker.on('message', (message: Message) => {
        if (message.kind === 'opened') {
          isOpen = true;
          resolve(message.warnings);
        } else if (message.kind === 'unopened') fail(new OpenError(message.message));
        else if (message.kind === 'progress') this.#onProgress(message.text);
        else this.#answered(message.id, message);
      });
    });
    // Who waits for an answer is told, too.
    opened.catch(() => {});
    return [worker, opened];
  }

  #ask(question: Ask): Promise<Message | undefined> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...question });
    });
  }

  #answered(id: number, message: Message): void {
    this.#waiting.get(id)?.resolve(message);
    this.#waiting.delete(id);
  }

  #takeWaiting(): Waiting[] {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    return waiting;
  }
}
