/** Which of the targets have not ended, while something goes on that does not read them anyway. */
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processStat } from '../kernel/task/stat.ts';
import type { FoundTarget } from './find-targets.ts';

/** An id that is used again is another process. */
export class LivingTargets {
  readonly #host: Host;
  /** null for the whole machine, which does not end. */
  #living: readonly FoundTarget[] | null;
  #ended: FoundTarget[] = [];

  constructor(host: Host, targets: readonly FoundTarget[] | null) {
    this.#host = host;
    this.#living = targets;
  }

  /** Looks, and answers whether any is left. */
  some(): boolean {
    if (this.#living === null) return true;
    const ended = this.#living.filter((target) => !this.#isAlive(target));
    this.#ended.push(...ended);
    this.#living = this.#living.filter((target) => !ended.includes(target));
    return this.#living.length > 0;
  }

  /** Those that were found to have ended since the last call. */
  takeEnded(): FoundTarget[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** A zombie can be read until its parent has waited for it; a main thread that left the others is none. */
  #isAlive({ tgid, startTicks }: FoundTarget): boolean {
    const stat = orNull(this.#host.read(processStat, { pid: tgid }));
    if (stat === null || stat.startTicks !== startTicks) return false;
    return !/[ZX]/.test(stat.state) || stat.threads > 1;
  }
}
