/** Lets the rules look again and again while processes are watched, at a pace that costs next to nothing. */
import { type Maybe, missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import type { FrameFinding, Judgement } from '../model/watch/frame.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';
import { openSnapshotTaker, type SnapshotTaker } from './snapshot-taker.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { unwatchedMemory } from './watch-memory.ts';
import { judgeWindow, readWindowEnd, type WindowEnd } from './watch-window.ts';

/** What rules see: long enough for rare events, short enough to be about now. */
const WINDOW_NS = 30e9;
/** Rules want every task of the machine, the others are the causes; reading them may take this share of one CPU. */
const MOST_COST_RATIO = 0.003;
const LEAST_PACE_NS = 5e9;
/** More would not be read. */
const MOST_FINDINGS = 8;

const NOT_YET = missing('absent', 'findings', 'the rules look after the first seconds');

export class WatchJudge {
  readonly #clock: Clock;
  readonly #targets: readonly FoundTarget[];
  /** null for a captured machine: each of its moments is read once, whatever that costs. */
  readonly #taker: SnapshotTaker | null;
  #ends: readonly WindowEnd[] = [];
  #nextNs = 0n;
  #judgement: Maybe<Judgement> = NOT_YET;

  constructor(host: Host, clock: Clock, targets: readonly FoundTarget[]) {
    this.#clock = clock;
    this.#targets = targets;
    this.#taker = host.kind === 'live' ? openSnapshotTaker(host, undefined, clock) : null;
  }

  /**
   * What the rules said last; looks again where it is time to.
   * @param host the machine at this time
   */
  at(host: Host, monotonicNs: bigint): Maybe<Judgement> {
    if (this.#taker !== null && monotonicNs < this.#nextNs) return this.#judgement;
    const isFirst = this.#ends.length === 0;
    const beganNs = this.#clock.monotonicNs();
    const ran = process.cpuUsage();
    const snapshot = this.#taker?.take(beganNs) ?? takeSnapshot(host, monotonicNs);
    this.#judge(host, readWindowEnd(host, snapshot));
    // Run time, not time: on a busy machine a reading takes long because it waits.
    const { user, system } = process.cpuUsage(ran);
    const costNs = ((user + system) * 1000) / MOST_COST_RATIO;
    this.#nextNs = beganNs + BigInt(Math.round(Math.max(LEAST_PACE_NS, isFirst ? 0 : costNs)));
    return this.#judgement;
  }

  /** From the oldest end within the window; where all are older, because the pace is slow, from the last of them. */
  #judge(host: Host, end: WindowEnd): void {
    const ageNs = (one: WindowEnd) => end.snapshot.monotonicNs - one.snapshot.monotonicNs;
    const within = this.#ends.filter((one) => ageNs(one) <= WINDOW_NS);
    const kept = within.length > 0 ? within : this.#ends.slice(-1);
    this.#ends = [...kept, end];
    const [first] = kept;
    if (first === undefined) return;
    const { diagnosis, window } = judgeWindow(
      host,
      first,
      end,
      { targets: this.#targets },
      {
        ownTgid: host.kind === 'live' ? process.pid : null,
        obtainedBy: this.#taker?.obtainedBy ?? 'proc',
        memory: unwatchedMemory(missing('absent', 'page faults one by one', 'keel why measures them')),
        late: null,
      },
    );
    this.#judgement = {
      monotonicNs: end.snapshot.monotonicNs,
      windowNs: window.interval.elapsedNs,
      findings: diagnosis.findings
        .slice(0, MOST_FINDINGS)
        .map(({ against: _, rankRatio: __, ...finding }): FrameFinding => finding),
    };
  }

  close(): void {
    this.#taker?.close();
  }
}
