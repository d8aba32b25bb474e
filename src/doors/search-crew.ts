// Threads that search a large dump, each with the file open for itself.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CommandError } from '../commands/kit/define.ts';
import type { PartFound, SearchCrew, SearchJob, SearchPart } from '../commands/search/scan.ts';

/** What a thread is started with. */
export interface SearcherStart {
  readonly files: readonly string[];
  readonly raw: boolean;
  readonly job: SearchJob;
}

/** More threads wait for the disk. */
const MOST_THREADS = 8;
/** Parts handed out ahead of the answers: a thread that is done finds the next one. */
const AHEAD = 3;

/** Undefined where one thread is all there is. */
export function searchCrew(files: readonly string[], raw = false): SearchCrew | undefined {
  const count = Math.min(MOST_THREADS, availableParallelism());
  return count < 2 ? undefined : (job, parts) => searched({ files, raw, job }, count, parts);
}

async function* searched(
  start: SearcherStart,
  count: number,
  parts: Iterable<SearchPart>,
): AsyncGenerator<PartFound> {
  const crew = Array.from({ length: count }, () => new Searcher(start));
  const rest = parts[Symbol.iterator]();
  const awaited: Promise<PartFound>[] = [];
  try {
    for (;;) {
      while (awaited.length < count * AHEAD) {
        const { done, value } = rest.next();
        if (done) break;
        const least = crew.reduce((a, b) => (b.load < a.load ? b : a));
        awaited.push(least.search(value));
      }
      const next = awaited.shift();
      if (!next) return;
      yield await next;
    }
  } finally {
    await Promise.all(crew.map((searcher) => searcher.end()));
  }
}

interface Waiting {
  resolve(found: PartFound): void;
  reject(error: unknown): void;
}

class Searcher {
  readonly #worker: Worker;
  /** It answers in the order it was asked in. */
  readonly #waiting: Waiting[] = [];

  constructor(workerData: SearcherStart) {
    this.#worker = new Worker(new URL('./search-worker.mjs', import.meta.url), { workerData });
    this.#worker.on('message', (found: PartFound) => this.#waiting.shift()?.resolve(found));
    this.#worker.on('error', (error) => {
      const failed = new CommandError('unreadable', `search: ${(error as Error).message}`);
      for (const { reject } of this.#waiting.splice(0)) reject(failed);
    });
  }

  /** Parts it has not answered. */
  get load(): number {
    return this.#waiting.length;
  }

  search(part: SearchPart): Promise<PartFound> {
    const found = new Promise<PartFound>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    // Of those that nobody comes to await any more.
    found.catch(() => {});
    this.#worker.postMessage(part);
    return found;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
