/** process-exporter for Prometheus: a scrape of all processes, and the CPU time it takes from a program that goes on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstAnswer, freePort, runTimeNs } from '../running-program.ts';

/** As Debian calls it. */
export const PROCESS_EXPORTER = 'prometheus-process-exporter';

/** All processes, summed by name: its common configuration. */
const CONFIGURATION = 'process_names:\n  - name: "{{.Comm}}"\n    cmdline:\n    - ".+"\n';

export class ProcessExporter {
  #child: ChildProcess | null = null;
  #folder = '';
  #url = '';

  /** CPU time of one scrape in microseconds, all of its threads. */
  async scrapeUs(scrapes: number): Promise<number> {
    if (this.#child === null) await this.#start();
    const before = runTimeNs(this.#child?.pid);
    for (let i = 0; i < scrapes; i += 1) await this.#scrape();
    return Number(runTimeNs(this.#child?.pid) - before) / 1000 / scrapes;
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
    // The first scrape that is answered also warms it up.
    await firstAnswer(this.#url);
  }

  async #scrape(): Promise<void> {
    const answer = await fetch(this.#url);
    const text = await answer.text();
    if (!answer.ok || !text.includes('namedprocess_'))
      throw new Error(`${PROCESS_EXPORTER}: ${answer.status}`);
  }
}
