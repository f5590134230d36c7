// A process to be looked at: named threads that sleep, and memory that is really there.
// usage: node workload.mjs [--threads NAME,NAME...] [--memory-mib N]
// Prints one line when it is ready, {"<thread name>": <TID>}, and then sleeps until it is killed.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** The TID of the calling thread: what /proc/thread-self leads to. */
function ownTid() {
  return Number(/^\d+/.exec(readFileSync('/proc/thread-self/stat', 'latin1'))[0]);
}

if (isMainThread) {
  const { values } = parseArgs({
    options: { threads: { type: 'string', default: '' }, 'memory-mib': { type: 'string', default: '0' } },
  });
  const threads = { main: process.pid };
  for (const name of values.threads.split(',').filter(Boolean)) {
    const worker = new Worker(new URL(import.meta.url), { workerData: name });
    threads[name] = await new Promise((resolve) => worker.once('message', resolve));
  }
  // Kept alive by the interval; written, so that every page exists.
  const memory = Buffer.alloc(Number(values['memory-mib']) << 20, 0x5a);
  setInterval(() => memory.length, 1 << 30);
  process.stdout.write(`${JSON.stringify(threads)}\n`);
} else {
  const tid = ownTid();
  writeFileSync(`/proc/self/task/${tid}/comm`, workerData);
  parentPort.postMessage(tid);
  setInterval(() => {}, 1 << 30);
}
