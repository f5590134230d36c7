/** What the kernel knows of a program that goes on: the CPU time it took so far, and its memory; and where it listens. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Run time of all its threads (Documentation/scheduler/sched-stats.rst); of those that have ended, none. */
export function runTimeNs(pid: number | undefined): bigint {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .map((tid) => BigInt(readFileSync(`${tasks}/${tid}/schedstat`, 'utf8').split(' ')[0] ?? 0))
    .reduce((sum, ns) => sum + ns, 0n);
}

/** The most memory that it had resident at a time (proc_pid_status(5)). NaN where the kernel does not say. */
export function peakResidentBytes(pid: number | undefined): number {
  const [, kib = Number.NaN] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port of the loopback is free');
  return address.port;
}

const MOST_TRIES = 200;

/** Asks until it answers. @throws Error where it does not in ten seconds */
export async function firstAnswer(url: string): Promise<string> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return answer.text();
    await sleep(50);
  }
  throw new Error(`${url} does not answer`);
}
