/** A closer look at the process of a new incident: the diagnosis of a few seconds, for its cause, its file, its code. */
import type { Incident, IncidentFinding } from '../alerts/incident.ts';
import type { Clock } from '../app/clock.ts';
import type { FoundTarget } from '../app/find-targets.ts';
import { watchWindow } from '../app/watch-window.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processStat } from '../kernel/task/stat.ts';
import { findWorstFault } from './worst-fault.ts';

/** The heaviest say it. */
const MOST_FINDINGS = 3;
/** A storm has one cause: what waits longer is not looked at. */
const MOST_WAITING = 5;

/** Signals whose moments are faults: the worst of them is looked for. */
const ABOUT_FAULTS: ReadonlySet<string> = new Set(['fault-stall', 'major-faults', 'minor-faults']);

interface Looking {
  readonly durationNs: number;
  readonly signal: AbortSignal;
}

export class Explainer {
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #found: (id: string, findings: readonly IncidentFinding[]) => void;
  #waiting: Incident[] = [];
  #running: Promise<void> | null = null;

  constructor(host: Host, clock: Clock, found: (id: string, findings: readonly IncidentFinding[]) => void) {
    this.#host = host;
    this.#clock = clock;
    this.#found = found;
  }

  /** One after the other: looking costs the target, too. */
  add(incident: Incident, durationNs: number, signal: AbortSignal): void {
    if (this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push(incident);
    this.#running ??= this.#run(durationNs, signal).finally(() => {
      this.#running = null;
    });
  }

  async stop(): Promise<void> {
    this.#waiting = [];
    await this.#running;
  }

  async #run(durationNs: number, signal: AbortSignal): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const findings = await this.#explain(next, durationNs, signal);
      if (findings.length > 0) this.#found(next.id, findings);
    }
  }

  async #explain(
    { subject, signal: about }: Incident,
    durationNs: number,
    signal: AbortSignal,
  ): Promise<readonly IncidentFinding[]> {
    const target = subject.process === null ? null : this.#target(subject.process.tgid, subject.key);
    if (subject.process !== null && target === null) return [];
    const looking = { durationNs, signal };
    const [findings, worst] = await Promise.all([
      this.#diagnose(target, looking),
      target !== null && ABOUT_FAULTS.has(about)
        ? findWorstFault(this.#host, this.#clock, { target, ...looking })
        : null,
    ]);
    return worst === null ? findings : [...findings, worst];
  }

  async #diagnose(target: FoundTarget | null, looking: Looking): Promise<readonly IncidentFinding[]> {
    try {
      const opened = { host: this.#host, moments: [] };
      const targets = target === null ? null : [target];
      const { diagnosis } = await watchWindow(opened, this.#clock, { ...looking, targets });
      return diagnosis.findings
        .slice(0, MOST_FINDINGS)
        .map(({ rule, summary, evidence }) => ({ rule, summary, evidence }));
    } catch (error) {
      if (!(error instanceof KeelError)) throw error;
      return [];
    }
  }

  /** The same process still, not another one with its number. */
  #target(tgid: number, key: string): FoundTarget | null {
    const stat = orNull(this.#host.read(processStat, { pid: tgid }));
    if (stat === null || `${tgid}@${stat.startTicks}` !== key) return null;
    return { tgid, comm: stat.comm, startTicks: stat.startTicks, tid: null };
  }
}
