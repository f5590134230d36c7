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

export class CountingEvents implements Disposable {
  readonly #events: { readonly key: string; readonly counted: Counted; readonly event: PerfEvent }[] = [];
  /** Only faults taken in user mode could be asked for. */
  readonly userOnly: boolean;

  private constructor(userOnly: boolean) {
    this.userOnly = userOnly;
  }

  /**
   * Opens the events, disabled. Where the kernel refuses those of its own mode, those of user mode are left.
   * @throws KernelError: EACCES, EPERM, EMFILE; scopes whose task has ended are left out
   */
  static open(scopes: readonly CountedScope[], inherit: boolean): CountingEvents {
    try {
      return CountingEvents.#open(scopes, inherit, false);
    } catch (error) {
      if (!(error instanceof KernelError) || !/^(EACCES|EPERM)$/.test(error.errnoName)) throw error;
      return CountingEvents.#open(scopes, inherit, true);
    }
  }

  static #open(scopes: readonly CountedScope[], inherit: boolean, userOnly: boolean): CountingEvents {
    const events = new CountingEvents(userOnly);
    try {
      for (const scope of scopes) events.#add(scope, inherit);
      return events;
    } catch (error) {
      events.close();
      throw error;
    }
  }

  #add(scope: CountedScope, inherit: boolean): void {
    for (const counted of COUNTED) {
      if (this.userOnly && counted === 'kernel') continue;
      const attributes: EventAttributes = {
        source: { kind: 'software', name: EVENTS[counted] },
        inherit,
        excludeKernel: this.userOnly || counted === 'user',
        excludeUser: counted === 'kernel',
      };
      try {
        const event = new PerfEvent(encodeAttributes(attributes), scope);
        this.#events.push({ key: scope.key, counted, event });
      } catch (error) {
        if (!(error instanceof KernelError) || error.errnoName !== 'ESRCH') throw error;
      }
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

/** Sums; what is null in one is null in the sum. */
export function addCounts(all: Iterable<FaultCounts>): FaultCounts {
  const list = [...all];
  const total = (counted: Counted) =>
    list.length === 0 || list.some((counts) => counts[counted] === null)
      ? null
      : list.reduce((sum, counts) => sum + (counts[counted] ?? 0), 0);
  return {
    faults: total('faults'),
    minor: total('minor'),
    major: total('major'),
    user: total('user'),
    kernel: total('kernel'),
  };
}
