/** What is measured apart from the sweep, for the targets that ask for it: fault stall always, late ticks now and then. */
import type { Clock } from '../../app/clock.ts';
import { type StallMeter, startStallMeter } from '../../app/measure-stall.ts';
import { watchLateByBpf } from '../../app/watch-late.ts';
import { KeelError } from '../../base/errors.ts';
import { isMissing, type Maybe, type Missing, missing } from '../../base/missing.ts';
import type { Host } from '../../host/host.ts';
import type { Measured } from './observer.ts';
import type { WatchedProcess } from './watched-processes.ts';

/** Each of these costs three perf events for each CPU or thread. */
const MOST_STALL = 32;
/** Of a minute, five seconds of one process: the events of a busy one cost a few per cent of a CPU. */
const LATE_WATCH_NS = 5e9;
const LATE_EVERY_NS = 60e9;
const NO_TICK = 'tick';

export class Measurements {
  readonly #host: Host;
  readonly #clock: Clock;
  #stall: {
    readonly key: string;
    readonly tgids: ReadonlySet<number>;
    readonly meter: Maybe<StallMeter>;
  } | null = null;
  readonly #late = new Map<string, Maybe<number>>();
  #lateWatch: Promise<void> | null = null;
  #lateDueNs = 0n;
  #lateTurn = 0;

  constructor(host: Host, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** @param watched as of the observation before */
  update(watched: readonly WatchedProcess[], signal: AbortSignal): void {
    this.#updateStall(watched);
    this.#updateLate(watched, signal);
  }

  /** What was measured since the last call. */
  take(): Measured {
    const stall = this.#stall;
    const taken = stall === null || isMissing(stall.meter) ? null : stall.meter.take().byProcess;
    return {
      stallNs: (tgid) => {
        if (stall === null || !stall.tgids.has(tgid)) return null;
        return isMissing(stall.meter) ? stall.meter : (taken?.get(tgid) ?? 0);
      },
      latePct: (key) => this.#late.get(key) ?? null,
    };
  }

  /** Why fault stall is not measured where it was asked for; null: it is, or was not. */
  get stallObstacle(): Missing | null {
    const meter = this.#stall?.meter;
    return isMissing(meter) ? meter : null;
  }

  /** A process without a tick is no obstacle. */
  get lateObstacle(): Missing | null {
    for (const late of this.#late.values()) if (isMissing(late) && late.path !== NO_TICK) return late;
    return null;
  }

  async stop(): Promise<void> {
    await this.#stopStall();
    await this.#lateWatch;
  }

  #updateStall(watched: readonly WatchedProcess[]): void {
    const of = watched.filter((one) => one.target?.stall === true).slice(0, MOST_STALL);
    const key = of.map((one) => one.key).join(' ');
    if (key === (this.#stall?.key ?? '')) return;
    void this.#stopStall();
    if (of.length === 0) return;
    const tgids = of.map((one) => one.tgid);
    this.#stall = { key, tgids: new Set(tgids), meter: this.#startStall(tgids) };
  }

  #startStall(tgids: readonly number[]): Maybe<StallMeter> {
    try {
      return startStallMeter(this.#host, this.#clock, tgids);
    } catch (error) {
      if (!(error instanceof KeelError)) throw error;
      return missing(
        error.code === 'E_PRIVILEGE' ? 'denied' : 'unreadable',
        'perf_event_open',
        error.parts.what.en,
      );
    }
  }

  async #stopStall(): Promise<void> {
    const stall = this.#stall;
    this.#stall = null;
    if (stall !== null && !isMissing(stall.meter)) await stall.meter.stop();
  }

  #updateLate(watched: readonly WatchedProcess[], signal: AbortSignal): void {
    const of = watched.filter((one) => one.target?.lateOverNs != null);
    const keys = new Set(of.map((one) => one.key));
    for (const key of this.#late.keys()) if (!keys.has(key)) this.#late.delete(key);
    const nowNs = this.#clock.monotonicNs();
    const one = of[this.#lateTurn % Math.max(1, of.length)];
    if (one === undefined || this.#lateWatch !== null || nowNs < this.#lateDueNs) return;
    this.#lateTurn += 1;
    this.#lateDueNs = nowNs + BigInt(Math.round(LATE_EVERY_NS / of.length));
    this.#lateWatch = this.#watchLate(one, signal).finally(() => {
      this.#lateWatch = null;
    });
  }

  /** The share of ticks that were late; of a process without a tick nothing is known. */
  async #watchLate(
    { tgid, startTicks, key, program, target }: WatchedProcess,
    signal: AbortSignal,
  ): Promise<void> {
    const overNs = target?.lateOverNs ?? 0;
    try {
      const late = await watchLateByBpf(this.#host, this.#clock, {
        target: { tgid, comm: program, startTicks, tid: null },
        durationNs: LATE_WATCH_NS,
        overNs,
        signal,
      });
      if (isMissing(late)) this.#late.set(key, late);
      else {
        const ticks = late.summary.tick?.latenessNs ?? [];
        const over = ticks.filter((ns) => ns > overNs).length;
        this.#late.set(
          key,
          ticks.length === 0
            ? missing('absent', NO_TICK, 'no thread has a steady tick')
            : (100 * over) / ticks.length,
        );
      }
    } catch (error) {
      if (!(error instanceof KeelError)) throw error;
      this.#late.delete(key);
    }
  }
}
