/** Tells the late moments of one process as they end, for as long as one likes: what the flight recorder keeps of them. */
import { isMissing, type Missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { LateAnalysis } from '../model/late/analysis.ts';
import type { LateMoment, MomentShare, TellMoment } from '../model/late/moments.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';
import { openLateFeedByBpf } from './late-feed-by-bpf.ts';
import { expectThreads, type OpenedLate, openLate } from './watch-late.ts';

export interface LateRecordRequest {
  readonly target: FoundTarget;
  /** Moments are at least so late. */
  readonly overNs: number;
  readonly signal: AbortSignal;
  readonly tell: (moment: RecordedMoment) => void;
}

/** A stretch of late time without a break. */
export interface RecordedMoment extends LateMoment {
  /** All of its late time, in no order; of a cause and a holder there may be several. */
  readonly shares: readonly MomentShare[];
  /** Of the thread. */
  readonly comm: string;
  /** CLOCK_MONOTONIC when it began. */
  readonly monotonicNs: bigint;
}

/** At 100,000 switches a second a fifth of a ring is full by then. */
const DRAIN_EVERY_NS = 80e6;
/**
 * Accounts are begun anew this often, so that threads that ended and tasks that were met long ago are forgotten. A moment
 * that is open then is told in two, each where it is long enough by itself.
 */
const ACCOUNTS_NS = 600e9;

/**
 * Until the signal aborts. Only by BPF: rings of the whole machine cost too much to be left open for days.
 * @returns why there is nothing to tell; null at the end
 * @throws KeelError E_GONE where the target has ended before
 */
export async function recordLate(
  host: Host,
  clock: Clock,
  request: LateRecordRequest,
): Promise<Missing | null> {
  const opened = openLate(host, clock, request, openLateFeedByBpf);
  if (isMissing(opened)) return opened;
  using accounts = new Accounts(host, opened, request);
  const nowNs = () => Number(clock.monotonicNs() - opened.base.baseNs);
  accounts.begin(nowNs());
  while (!request.signal.aborted) {
    await clock.sleep(DRAIN_EVERY_NS, request.signal);
    accounts.advance(nowNs());
  }
  return null;
}

class Accounts implements Disposable {
  readonly #host: Host;
  readonly #opened: OpenedLate;
  readonly #request: LateRecordRequest;
  #analysis: LateAnalysis;
  #beganNs = 0;

  constructor(host: Host, opened: OpenedLate, request: LateRecordRequest) {
    this.#host = host;
    this.#opened = opened;
    this.#request = request;
    this.#analysis = new LateAnalysis(opened.options);
  }

  begin(startNs: number): void {
    this.#beganNs = startNs;
    const tell: TellMoment = (moment, shares) => this.#tell(moment, shares);
    this.#analysis = new LateAnalysis({ ...this.#opened.options, startNs, tell });
    expectThreads(this.#host, this.#analysis, this.#request.target);
    this.#analysis.countFrom(startNs);
  }

  advance(nowNs: number): void {
    this.#opened.feed.drain(nowNs, (event) => this.#analysis.add(event));
    if (nowNs - this.#beganNs < ACCOUNTS_NS) return;
    this.#analysis.finish(nowNs);
    this.begin(nowNs);
  }

  #tell(moment: LateMoment, shares: readonly MomentShare[]): void {
    const { base } = this.#opened;
    this.#request.tell({
      ...moment,
      shares,
      comm: this.#analysis.nameOf(moment.tid).comm,
      monotonicNs: base.baseNs + BigInt(Math.round(moment.fromNs)),
    });
  }

  [Symbol.dispose](): void {
    this.#opened.feed[Symbol.dispose]();
  }
}
