/** Exact counts of page faults by perf events without rings: of threads, of CPUs, of cgroups. */
import { KernelError } from '../native/libc.ts';
import { type EventScope, PerfEvent } from '../native/perf-event.ts';
import { type EventAttributes, encodeAttributes, type SoftwareEvent } from '../perf/attributes.ts';

/** What is counted; `user` and `kernel` split all faults by the mode they were taken in. */
export const COUNTED = ['faults', 'minor', 'major', 'user', 'kernel'] as const;
export type Counted = (typeof COUNTED)[number];

const EVENTS: Readonly<Record<Counted, SoftwareEvent>> = {
  faults: 'page-faults',
  minor: 'minor-faults',
  major: 'major-faults',
  user: 'page-faults',
  kernel: 'page-faults',
};

/** null is what the kernel does not show to this user. */
export type FaultCounts = Readonly<Record<Counted, number | null>>;

/** A row of the result: what the events of a scope belong to. */
export interface CountedScope extends EventScope {
  readonly key: string;
}

export interface CountingPlan {
  readonly scopes: readonly CountedScope[];
  /** Threads and children born later are counted too. */
  readonly inherit: boolean;
  /** Counting starts when the process executes its program, instead of by `enable`. */
  readonly enableOnExec: boolean;
}

export class CountingEvents implements Disposable {
  readonly #events: { readonly key: string; readonly counted: Counted; readonly event: PerfEvent }[] = [];
  readonly #plan: CountingPlan;
  /** Only faults taken in user mode could be asked for. */
  readonly userOnly: boolean;

  private constructor(plan: CountingPlan, userOnly: boolean) {
    this.#plan = plan;
    this.userOnly = userOnly;
  }

  /**
   * Opens the events, disabled. Where the kernel refuses those of its own mode, those of user mode are left.
   * @throws KernelError: EACCES, EPERM, EMFILE; scopes whose task has ended are left out
   */
  static open(plan: CountingPlan): CountingEvents {
    try {
      return CountingEvents.#open(plan, false);
    } catch (error) {
      if (!(error instanceof KernelError) || !/^(EACCES|EPERM)$/.test(error.errnoName)) throw error;
      return CountingEvents.#open(plan, true);
    }
  }

  static #open(plan: CountingPlan, userOnly: boolean): CountingEvents {
    const events = new CountingEvents(plan, userOnly);
    try {
      for (const scope of plan.scopes) events.#add(scope);
      return events;
    } catch (error) {
      events.close();
      throw error;
    }
  }

  #add(scope: CountedScope): void {
    for (const counted of COUNTED) {
      if (this.userOnly && counted === 'kernel') continue;
      const attributes: EventAttributes = {
        source: { kind: 'software', name: EVENTS[counted] },
        inherit: this.#plan.inherit,
        enableOnExec: this.#plan.enableOnExec,
        excludeKernel: this.userOnly || counted === 'user',
        excludeUser: counted === 'kernel',
      };
      const event = openUnlessEnded(attributes, scope);
      if (event !== null) this.#events.push({ key: scope.key, counted, event });
    }
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  enable(): void {
    for (const { event } of this.#events) event.enable();
  }

  disable(): void {
    for (const { event } of this.#events) event.disable();
  }

  /** The counts by the key of their scope, in the order the scopes were given. */
  read(): ReadonlyMap<string, FaultCounts> {
    const sums = new Map<string, Record<Counted, number | null>>();
    for (const { key, counted, event } of this.#events) {
      const counts = sums.get(key) ?? { faults: null, minor: null, major: null, user: null, kernel: null };
      counts[counted] = (counts[counted] ?? 0) + Number(event.read().count);
      sums.set(key, counts);
    }
    return sums;
  }

  close(): void {
    for (const { event } of this.#events) event.close();
    this.#events.length = 0;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** null for a task that has ended. @throws KernelError */
export function openUnlessEnded(attributes: EventAttributes, scope: EventScope): PerfEvent | null {
  try {
    return new PerfEvent(encodeAttributes(attributes), scope);
  } catch (error) {
    if (error instanceof KernelError && error.errnoName === 'ESRCH') return null;
    throw error;
  }
}

/** Sums; what is null in one is null in the sum. */
export function addCounts(all: Iterable<FaultCounts>): FaultCounts {
  const list = [...all];
  return mapCounts((counted) =>
    list.length === 0 || list.some((counts) => counts[counted] === null)
      ? null
      : list.reduce((sum, counts) => sum + (counts[counted] ?? 0), 0),
  );
}

/** `counts` less a part of it; what is null in either is null. Never below 0: events are read one after the other. */
export function subtractCounts(counts: FaultCounts, part: FaultCounts): FaultCounts {
  return mapCounts((counted) => {
    const [whole, taken] = [counts[counted], part[counted]];
    return whole === null || taken === null ? null : Math.max(0, whole - taken);
  });
}

function mapCounts(value: (counted: Counted) => number | null): FaultCounts {
  return {
    faults: value('faults'),
    minor: value('minor'),
    major: value('major'),
    user: value('user'),
    kernel: value('kernel'),
  };
}
