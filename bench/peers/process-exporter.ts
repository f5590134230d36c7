/** process-exporter for Prometheus: a scrape of all processes, and the CPU time it takes from a program that goes on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As Debian calls it. */
export const PROCESS_EXPORTER = 'prometheus-process-exporter';

/** All processes, summed by name: its common configuration. */
const CONFIGURATION = 'process_names:\n  - name: "{{.Comm}}"\n    cmdline:\n    - ".+"\n';
const MOST_TRIES = 200;

export class ProcessExporter {
  #child: ChildProcess | null = null;
  #folder = '';
  #url = '';

  /** CPU time of one scrape in microseconds, all of its threads. */
  async scrapeUs(scrapes: number): Promise<number> {
    if (this.#child === null) await this.#start();
    const before = this.#runNs();
    for (let i = 0; i < scrapes; i += 1) await this.#scrape();
    return Number(this.#runNs() - before) / 1000 / scrapes;
  }

  close(): void {
    this.#child?.kill();
    this.#child = null;
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true });
  }

  async #start(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'keel-exporter-'));
    const file = join(this.#folder, 'all.yml');
    writeFileSync(file, CONFIGURATION);
    const port = await freePort();
    this.#url = `http://127.0.0.1:${port}/metrics`;
    const args = [`-web.listen-address=127.0.0.1:${port}`, `-config.path=${file}`];
    this.#child = spawn(PROCESS_EXPORTER, args, { stdio: 'ignore' });
    await once(this.#child, 'spawn');
    await this.#answers();
  }

  /** The first scrape that is answered also warms it up. */
  async #answers(): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      try {
        await this.#scrape();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    throw new Error(`${PROCESS_EXPORTER} does not answer at ${this.#url}`);
  }

  async #scrape(): Promise<void> {
    const answer = await fetch(this.#url);
    const text = await answer.text();
    if (!answer.ok || !text.includes('namedprocess_'))
      throw new Error(`${PROCESS_EXPORTER}: ${answer.status}`);
  }

  /** Run time so far (Documentation/scheduler/sched-stats.rst); a thread that has ended is missing, and none ends. */
  #runNs(): bigint {
    const tasks = `/proc/${this.#child?.pid}/task`;
    return readdirSync(tasks)
      .map((tid) => BigInt(readFileSync(`${tasks}/${tid}/schedstat`, 'utf8').split(' ')[0] ?? 0))
      .reduce((sum, ns) => sum + ns, 0n);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port of the loopback is free');
  return address.port;
}
