/**
 * Late moments: labels of one thread put together.
 *
 * A *stretch* is late time without a break. An *activation* is all from a wake-up to the next sleep that was meant,
 * such as one tick of a game server; its lateness is the late time within. Both are moments where they reach the limit.
 */
import type { Holder, Labelled } from './accounting.ts';
import { isLate, type LateCause } from './causes.ts';

export interface MomentPart {
  /** After the begin of the moment. */
  readonly atNs: number;
  readonly lengthNs: number;
  readonly label: LateCause | 'run';
  readonly by: Holder | null;
}

export interface LateMoment {
  readonly tid: number;
  /** After the time base. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly lateNs: number;
  /** In order; the first ones, where there were very many. */
  readonly parts: readonly MomentPart[];
  /** Late time behind the parts that are kept. */
  readonly furtherNs: number;
}

export interface CauseShare {
  readonly cause: LateCause;
  /** null where only the time is known. */
  readonly moments: number | null;
  readonly lateNs: number;
  /** The heaviest first. */
  readonly by: readonly { readonly holder: Holder; readonly lateNs: number }[];
}

/** Whether there is more in it than waiting for its own threads, which of a worker is no lateness. */
export function isMoreThanWaiting({ parts }: LateMoment): boolean {
  return parts.some(({ label }) => label !== 'run' && label !== 'condition');
}

/** Moments beyond are counted and weighed, but not kept one by one. */
const KEPT_MOMENTS = 50_000;
const KEPT_PARTS = 512;

interface OpenShare {
  lateNs: number;
  moments: number;
  readonly by: Map<string, { readonly holder: Holder; lateNs: number }>;
}

/** Adds up moments by cause. */
export class MomentTally {
  moments = 0;
  lateNs = 0;
  readonly #shares = new Map<LateCause, OpenShare>();

  add(shares: Iterable<MomentShare>, without: LateCause | null): void {
    this.moments += 1;
    const counted = new Set<LateCause>();
    for (const { cause, by, lateNs } of shares) {
      if (cause === without) continue;
      this.lateNs += lateNs;
      const open = this.#open(cause);
      open.lateNs += lateNs;
      if (!counted.has(cause)) open.moments += 1;
      counted.add(cause);
      if (by !== null) addHolder(open.by, by, lateNs);
    }
  }

  merge(other: MomentTally): void {
    this.moments += other.moments;
    this.lateNs += other.lateNs;
    for (const [cause, share] of other.#shares) {
      const open = this.#open(cause);
      open.lateNs += share.lateNs;
      open.moments += share.moments;
      for (const { holder, lateNs } of share.by.values()) addHolder(open.by, holder, lateNs);
    }
  }

  /** The heaviest first. */
  byCause(): CauseShare[] {
    return [...this.#shares]
      .map(([cause, { moments, lateNs, by }]) => ({
        cause,
        moments,
        lateNs,
        by: [...by.values()].sort((a, b) => b.lateNs - a.lateNs),
      }))
      .sort((a, b) => b.lateNs - a.lateNs);
  }

  #open(cause: LateCause): OpenShare {
    const known = this.#shares.get(cause);
    if (known !== undefined) return known;
    const open = { lateNs: 0, moments: 0, by: new Map() };
    this.#shares.set(cause, open);
    return open;
  }
}

function addHolder(by: OpenShare['by'], holder: Holder, lateNs: number): void {
  const key = `${holder.tid} ${holder.name}`;
  const known = by.get(key);
  if (known === undefined) by.set(key, { holder, lateNs });
  else known.lateNs += lateNs;
}

export interface MomentShare {
  readonly cause: LateCause;
  readonly by: Holder | null;
  readonly lateNs: number;
}

/** What an activation was, in short: for the rate of a tick and for its lateness. */
export interface Activation {
  readonly startNs: number;
  readonly runNs: number;
  readonly lateNs: number;
  /** Late time before it ran at all. */
  readonly waitNs: number;
  /** Who ended the sleep before it: an interrupt has no tid. null where that is not known. */
  readonly wokenBy: Holder | null;
}

export interface MomentOptions {
  readonly tid: number;
  readonly overNs: number;
  /** Where a moment ends: at the next run (a stretch), or at the next sleep that was meant (an activation). */
  readonly endsAt: 'run' | 'idle';
  readonly activation?: (activation: Activation) => void;
  /** Is told each moment when it is over; then none is kept. */
  readonly tell?: TellMoment | undefined;
}

/** @param shares all of its late time by cause and holder, that of parts which are not kept too */
export type TellMoment = (moment: LateMoment, shares: readonly MomentShare[]) => void;

export class MomentCollector {
  readonly #options: MomentOptions;
  /** All moments; and those that remain where waiting for own threads is the thread's work and no lateness. */
  readonly all = new MomentTally();
  readonly withoutConditions = new MomentTally();
  readonly #kept: LateMoment[] = [];
  #parts: Labelled[] = [];
  #furtherNs = 0;
  #furtherShares: MomentShare[] = [];
  #lateNs = 0;
  #runNs = 0;
  #waitNs = 0;
  #conditionNs = 0;
  #startNs: number | null = null;
  #endNs = 0;
  #wokenBy: Holder | null = null;

  constructor(options: MomentOptions) {
    this.#options = options;
  }

  get kept(): readonly LateMoment[] {
    return this.#kept;
  }

  add(labelled: Labelled): void {
    const { label, fromNs, toNs } = labelled;
    const ends = !isLate(label) && (label !== 'run' || this.#options.endsAt === 'run');
    if (ends) {
      this.#end();
      this.#wokenBy = labelled.by;
      return;
    }
    this.#startNs ??= fromNs;
    this.#endNs = toNs;
    if (label === 'run') this.#runNs += toNs - fromNs;
    else {
      if (this.#runNs === 0) this.#waitNs += toNs - fromNs;
      this.#lateNs += toNs - fromNs;
      if (label === 'condition') this.#conditionNs += toNs - fromNs;
    }
    this.#keep(labelled);
  }

  /** An activation that is over, whose late time stayed below the limit: all of it at once. */
  addShort(activation: Activation): void {
    this.#end();
    this.#wokenBy = activation.wokenBy;
    this.#options.activation?.(activation);
  }

  finish(): void {
    this.#end();
  }

  /** A moment of very many parts, such as a thread that never sleeps, must not grow without an end. */
  #keep(labelled: Labelled): void {
    const last = this.#parts.at(-1);
    const goesOn = last?.toNs === labelled.fromNs && last.label === labelled.label;
    if (last !== undefined && goesOn && sameHolder(last.by, labelled.by))
      this.#parts[this.#parts.length - 1] = { ...last, toNs: labelled.toNs };
    else if (this.#parts.length < KEPT_PARTS) this.#parts.push(labelled);
    else if (isLate(labelled.label)) this.#addFurther(labelled.label, labelled);
  }

  #addFurther(cause: LateCause, { by, fromNs, toNs }: Labelled): void {
    const lateNs = toNs - fromNs;
    this.#furtherNs += lateNs;
    const i = this.#furtherShares.findIndex((one) => one.cause === cause && sameHolder(one.by, by));
    const known = this.#furtherShares[i];
    if (known === undefined) this.#furtherShares.push({ cause, by, lateNs });
    else this.#furtherShares[i] = { ...known, lateNs: known.lateNs + lateNs };
  }

  #end(): void {
    const { overNs, activation } = this.#options;
    const startNs = this.#startNs;
    if (startNs === null) return;
    activation?.({
      startNs,
      runNs: this.#runNs,
      lateNs: this.#lateNs,
      waitNs: this.#waitNs,
      wokenBy: this.#wokenBy,
    });
    if (this.#lateNs > 0 && this.#lateNs >= overNs) this.#tally(startNs);
    this.#parts = [];
    this.#furtherShares = [];
    this.#furtherNs = 0;
    this.#lateNs = 0;
    this.#runNs = 0;
    this.#waitNs = 0;
    this.#conditionNs = 0;
    this.#startNs = null;
  }

  #tally(startNs: number): void {
    const shares = [...this.#shares()];
    this.all.add(shares, null);
    const restNs = this.#lateNs - this.#conditionNs;
    if (restNs > 0 && restNs >= this.#options.overNs) this.withoutConditions.add(shares, 'condition');
    const { tell } = this.#options;
    if (tell !== undefined) tell(this.#moment(startNs), shares);
    else if (this.#kept.length < KEPT_MOMENTS) this.#kept.push(this.#moment(startNs));
  }

  #moment(startNs: number): LateMoment {
    return {
      tid: this.#options.tid,
      fromNs: startNs,
      toNs: this.#endNs,
      lateNs: this.#lateNs,
      parts: this.#parts.map(({ fromNs, toNs, label, by }) => ({
        atNs: fromNs - startNs,
        lengthNs: toNs - fromNs,
        label: label as MomentPart['label'],
        by,
      })),
      furtherNs: this.#furtherNs,
    };
  }

  *#shares(): Generator<MomentShare> {
    for (const { label, by, fromNs, toNs } of this.#parts)
      if (isLate(label)) yield { cause: label, by, lateNs: toNs - fromNs };
    yield* this.#furtherShares;
  }
}

function sameHolder(a: Holder | null, b: Holder | null): boolean {
  return a === b || (a !== null && b !== null && a.tid === b.tid && a.name === b.name);
}
