/** Explains new incidents by a closer look at their processes, one after the other; what was not explained is looked at again. */
import type { Incident, IncidentFinding } from '../alerts/incident.ts';
import type { Clock } from '../app/clock.ts';
import type { FoundTarget } from '../app/find-targets.ts';
import { orNull } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import { processStat } from '../kernel/task/stat.ts';
import { type Explanation, lookCloser } from './closer-look.ts';

/** A storm has one cause: what waits longer is not looked at. */
const MOST_WAITING = 5;
/**
 * Of each look at an incident, the faults that are looked at are above this: the many that a rule counts are not the worst.
 * Where there was none, shorter ones are better than nothing. An incident has no more looks than there are values.
 */
const FAULTS_OVER_NS = [10_000, 1_000, 0] as const;

const TOO_MANY: Sentence = {
  en: 'too much began at once: this was not looked at',
  ko: '한꺼번에 많은 일이 시작되어 자세히 살피지 못했습니다',
};
const GONE: Sentence = {
  en: 'the process had ended before it was looked at',
  ko: '자세히 살피기 전에 프로세스가 끝났습니다',
};

/** Where it is explained: the book of the agent. */
export interface ExplainedBook {
  /** As it is now; null where it is over. */
  readonly incident: (id: string) => Incident | null;
  readonly explain: (id: string, findings: readonly IncidentFinding[], notExplained: Sentence | null) => void;
}

export class Explainer {
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #book: ExplainedBook;
  readonly #look: typeof lookCloser;
  #waiting: string[] = [];
  #running: Promise<void> | null = null;
  /** Looks that were made at incidents that are not explained. */
  readonly #looks = new Map<string, number>();

  /** @param look for tests */
  constructor(host: Host, clock: Clock, book: ExplainedBook, look = lookCloser) {
    this.#host = host;
    this.#clock = clock;
    this.#book = book;
    this.#look = look;
  }

  /**
   * At each evaluation: what fired now is looked at, and what was not explained yet, as long as it fires. One after the
   * other: looking costs the target, too.
   */
  step(fired: readonly Incident[], durationNs: number, signal: AbortSignal): void {
    for (const { id } of fired) {
      if (this.#waiting.length < MOST_WAITING) this.#waiting.push(id);
      else this.#book.explain(id, [], TOO_MANY);
    }
    // What finds no room now finds it at a later evaluation.
    if (this.#running === null)
      this.#waiting.push(...this.#unexplained().slice(0, MOST_WAITING - this.#waiting.length));
    if (this.#waiting.length === 0) return;
    this.#running ??= this.#run(durationNs, signal).finally(() => {
      this.#running = null;
    });
  }

  async stop(): Promise<void> {
    this.#waiting = [];
    await this.#running;
  }

  #unexplained(): readonly string[] {
    return [...this.#looks.keys()].filter((id) => {
      const isOpen = this.#book.incident(id) !== null;
      if (!isOpen) this.#looks.delete(id);
      return isOpen;
    });
  }

  async #run(durationNs: number, signal: AbortSignal): Promise<void> {
    for (let id = this.#waiting.shift(); id !== undefined; id = this.#waiting.shift()) {
      const incident = this.#book.incident(id);
      if (incident === null) continue;
      const looks = this.#looks.get(id) ?? 0;
      const overNs = FAULTS_OVER_NS[looks] ?? 0;
      const { findings, notExplained } = await this.#explain(incident, { durationNs, overNs, signal });
      if (signal.aborted) return;
      if (notExplained === null || looks + 1 >= FAULTS_OVER_NS.length) this.#looks.delete(id);
      else this.#looks.set(id, looks + 1);
      const known = this.#book.incident(id)?.findings ?? [];
      const better = findings.length >= known.length ? findings : known;
      this.#book.explain(id, better, notExplained);
    }
  }

  async #explain(
    { subject, signal: about }: Incident,
    look: { readonly durationNs: number; readonly overNs: number; readonly signal: AbortSignal },
  ): Promise<Explanation> {
    const target = subject.process === null ? null : this.#target(subject.process.tgid, subject.key);
    if (subject.process !== null && target === null) return { findings: [], notExplained: GONE };
    return this.#look(this.#host, this.#clock, { target, about, ...look });
  }

  /** The same process still, not another one with its number. */
  #target(tgid: number, key: string): FoundTarget | null {
    const stat = orNull(this.#host.read(processStat, { pid: tgid }));
    if (stat === null || `${tgid}@${stat.startTicks}` !== key) return null;
    return { tgid, comm: stat.comm, startTicks: stat.startTicks, tid: null };
  }
}
