// A thread of a search: reads pages from the file itself, and needs nothing of the kernel in it.
import { parentPort, workerData } from 'node:worker_threads';
import { type SearchPart, scan } from '../commands/search/scan.ts';
import { openSource } from './open.ts';
import type { SearcherStart } from './search-crew.ts';

const { files, raw, job } = workerData as SearcherStart;
const opening = openSource(files, { raw });

parentPort?.on('message', async (part: SearchPart) => {
  const source = await opening;
  parentPort?.postMessage(scan((frame) => source.page(frame), job, part));
});
