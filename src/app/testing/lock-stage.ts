/** A process to lock, and a workshop with a journal of its own, for one test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { type FoundTarget, findTargets } from '../find-targets.ts';
import { openLiveHost } from '../open-host.ts';
import { openWorkshop, type Workshop } from '../workshop.ts';
import { type LockTarget, startLockTarget } from './lock-target.ts';

export class LockStage {
  readonly workshop: Workshop;
  target: LockTarget;
  readonly #folder: string;

  private constructor(folder: string, target: LockTarget) {
    this.#folder = folder;
    this.target = target;
    const env = { XDG_STATE_HOME: folder };
    const signal = new AbortController().signal;
    this.workshop = openWorkshop(openLiveHost(), { clock: systemClock, signal, env });
  }

  static async open(): Promise<LockStage> {
    return new LockStage(mkdtempSync(join(tmpdir(), 'keel-lock-')), await startLockTarget());
  }

  found(): FoundTarget {
    const [one] = findTargets(this.workshop.host, `${this.target.pid}`, { all: false, command: 'lock' });
    if (one === undefined) throw new Error('it has ended');
    return one;
  }

  close(): void {
    this.target.end();
    rmSync(this.#folder, { recursive: true });
  }
}
