/**
 * What the kernel's memory management counts as page faults, beside what perf counts: more by the pages that are
 * brought in inside calls (mlock, MAP_POPULATE, MADV_POPULATE, a write of the kernel into user memory), which are no
 * exceptions and so no perf events.
 */
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { vmstat } from '../kernel/proc/vmstat.ts';
import { threadList } from '../kernel/task/lists.ts';
import { processStat } from '../kernel/task/stat.ts';
import { both } from '../model/difference.ts';
import { KernelError } from '../native/libc.ts';
import type { PerfEvent } from '../native/perf-event.ts';
import type { CountSubject } from './count-scopes.ts';
import { openUnlessEnded } from './counting-events.ts';

export interface AccountedFaults {
  /** /proc/PID/stat of the targets, `pgfault` of vmstat for the machine, or what keel waited for of a program. */
  readonly accounted: Maybe<number>;
  /** Those of them that were no exceptions: brought in inside calls. */
  readonly populated: Maybe<number>;
  /** What perf counted in children that targets started meanwhile: not in their account. null of other subjects. */
  readonly ofChildren: Maybe<number> | null;
}

/** Counts by both sides from `begin` to `end`. */
export interface FaultAccount extends Disposable {
  readonly begin: () => void;
  /** @param counted what perf counted of the subject meanwhile */
  readonly end: (counted: number | null) => AccountedFaults;
}

export function openAccount(host: Host, subject: CountSubject, userOnly: boolean): FaultAccount {
  const { kind } = subject;
  switch (kind) {
    case 'machine':
      return new Account(kind, () => machineFaults(host), null);
    case 'processes': {
      const tgids = subject.targets.map((target) => target.tgid);
      const own = userOnly ? denied() : ownEvents(host, tgids);
      return new Account(kind, () => processFaults(host, tgids), own);
    }
    case 'program':
      return new Account(
        kind,
        launchedFaults(host, subject.program.tgid),
        userOnly ? denied() : launchEvents(subject.program.tgid),
      );
    case 'cgroups':
      return new Account(kind, () => missing('absent', 'faults by cgroup'), null);
  }
}

/** Perf events of the same faults as the account's; null where the caller's own count is of the same. */
type Witness = Maybe<readonly PerfEvent[]> | null;

class Account implements FaultAccount {
  readonly #read: () => Maybe<bigint>;
  readonly #witness: Witness;
  readonly #kind: CountSubject['kind'];
  #before: Maybe<bigint> = missing('absent', 'page faults');

  constructor(kind: CountSubject['kind'], read: () => Maybe<bigint>, witness: Witness) {
    this.#kind = kind;
    this.#read = read;
    this.#witness = witness;
  }

  begin(): void {
    this.#before = this.#read();
    for (const event of this.#events()) event.enable();
  }

  end(counted: number | null): AccountedFaults {
    for (const event of this.#events()) event.disable();
    const grown = differenceOf(this.#before, this.#read());
    const exceptions = this.#exceptions(counted);
    // Faults that end in a signal are exceptions that nothing was brought in for, so the difference may be below 0.
    const populated = both(grown, exceptions, (all, some) => Math.max(0, all - some));
    const beyond = mapMaybe(exceptions, (own) => Math.max(0, (counted ?? own) - own));
    return {
      // What launching a program took is in the account, but not of the program.
      accounted: this.#kind === 'program' ? mapMaybe(populated, (more) => (counted ?? 0) + more) : grown,
      populated,
      ofChildren: this.#kind === 'processes' ? beyond : null,
    };
  }

  /** What perf counted of the same tasks in the same time. */
  #exceptions(counted: number | null): Maybe<number> {
    const witness = this.#witness;
    if (isMissing(witness)) return witness;
    if (witness !== null) return witness.reduce((sum, event) => sum + Number(event.read().count), 0);
    return counted ?? denied();
  }

  #events(): readonly PerfEvent[] {
    return this.#witness === null || isMissing(this.#witness) ? [] : this.#witness;
  }

  [Symbol.dispose](): void {
    for (const event of this.#events()) event.close();
  }
}

function denied() {
  return missing('denied', 'page-faults kernel', 'kernel mode is not shown to this user');
}

function machineFaults(host: Host): Maybe<bigint> {
  const counters = host.read(vmstat);
  if (isMissing(counters)) return counters;
  return counters.get('pgfault') ?? missing('absent', 'pgfault');
}

/** Minor and major together; of processes that ended meanwhile the end is missing, so the sum is. */
function processFaults(host: Host, tgids: readonly number[]): Maybe<bigint> {
  let sum = 0n;
  for (const pid of tgids) {
    const stat = host.read(processStat, { pid });
    if (isMissing(stat)) return stat;
    sum += stat.minorFaults + stat.majorFaults;
  }
  return sum;
}

/** The processes' own threads, without the children they start: those are not in the account of the process. */
function ownEvents(host: Host, tgids: readonly number[]): Maybe<readonly PerfEvent[]> {
  const events: PerfEvent[] = [];
  try {
    for (const pid of tgids) {
      for (const tid of orNull(host.read(threadList, { pid })) ?? []) {
        const event = openUnlessEnded({ ...PAGE_FAULTS, inheritThread: true }, { tid });
        if (event !== null) events.push(event);
      }
    }
    return events;
  } catch (error) {
    for (const event of events) event.close();
    if (!(error instanceof KernelError)) throw error;
    // Before Linux 5.13 children cannot be told from threads.
    return missing(error.errnoName === 'EINVAL' ? 'absent' : 'denied', 'inherit_thread', error.message);
  }
}

const PAGE_FAULTS = { source: { kind: 'software', name: 'page-faults' }, inherit: true } as const;

/**
 * What children of keel did until they were waited for, children of theirs included, less what the launched one did
 * before it was let go. Nothing else that keel started may end meanwhile.
 */
function launchedFaults(host: Host, pid: number): () => Maybe<bigint> {
  let first = true;
  return () => {
    const own = host.read(processStat, { pid: process.pid });
    if (isMissing(own)) return own;
    const waited = own.childMinorFaults + own.childMajorFaults;
    if (!first) return waited;
    first = false;
    const before = processFaults(host, [pid]);
    return isMissing(before) ? before : waited + before;
  };
}

/** From the moment it is let go, the call that executes the program included: as the account counts. */
function launchEvents(tid: number): Maybe<readonly PerfEvent[]> {
  const event = openUnlessEnded(PAGE_FAULTS, { tid });
  return event === null ? missing('gone', 'page-faults') : [event];
}

function differenceOf(before: Maybe<bigint>, after: Maybe<bigint>): Maybe<number> {
  return both(before, after, (a, b) => Number(b - a));
}
