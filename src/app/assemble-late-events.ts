/**
 * From records of perf rings, in the order of time, to the events that model/late judges: ends are put to their begins,
 * and what a record does not say of itself (the process of a thread, the interrupt a wake-up came from) is remembered.
 *
 * Not told this way, and left open: how a thread slept, whether a quota stopped it, what the hypervisor took.
 */
import {
  IDLE_TID,
  type InterruptEvent,
  type InterruptName,
  type LateEvent,
  type SwitchEvent,
  type TaskName,
} from '../model/late/events.ts';
import { type InterruptSource, type LateRecord, TRACED_STATE } from '../perf/late-records.ts';
import { type LateLookups, softirqName, vectorName } from './decode-late-events.ts';

export interface LateFaultCounts {
  readonly minorFaults: number;
  readonly majorFaults: number;
  /** Faults too short to be told one by one. */
  readonly shortFaults: number;
  readonly shortFaultNs: number;
}

export interface AssemblyScope {
  readonly tgid: number;
  /** Only this thread; null for all. */
  readonly tid: number | null;
  /** Faults that take less are only counted. */
  readonly faultOverNs: number;
  /** That live already. */
  readonly tids: readonly number[];
}

type Of<Kind extends LateRecord['kind']> = Extract<LateRecord, { readonly kind: Kind }>;

interface OpenInterrupt {
  readonly sinceNs: number;
  readonly source: InterruptSource;
}

export class LateAssembly {
  readonly #scope: AssemblyScope;
  readonly #lookups: Pick<LateLookups, 'interruptOf' | 'placeOf'>;
  readonly #tgids = new Map<number, number>();
  readonly #names = new Map<number, TaskName>();
  readonly #interruptNames = new Map<string, InterruptName>();
  /** By CPU, the innermost last. */
  readonly #open = new Map<number, OpenInterrupt[]>();
  /** By CPU, who came last. */
  readonly #running = new Map<number, number>();
  readonly #faults = new Map<number, { readonly sinceNs: number; readonly address: number }>();
  readonly #counts = { minorFaults: 0, majorFaults: 0, shortFaults: 0, shortFaultNs: 0 };

  constructor(scope: AssemblyScope, lookups: Pick<LateLookups, 'interruptOf' | 'placeOf'>) {
    this.#scope = scope;
    this.#lookups = lookups;
    for (const tid of scope.tids) this.#tgids.set(tid, scope.tgid);
  }

  get counts(): LateFaultCounts {
    return { ...this.#counts };
  }

  /** In the order of time. @returns null for what tells nothing by itself, or nothing of the target */
  add(record: LateRecord): LateEvent | null {
    if (record.kind === 'fork') {
      this.#tgids.set(record.tid, record.tgid);
      return null;
    }
    if (record.current !== null) this.#tgids.set(record.current.tid, record.current.tgid);
    switch (record.kind) {
      case 'switch':
        return this.#switch(record);
      case 'waking':
        return this.#waking(record);
      case 'wakeup': {
        const { tid, onCpu, isNew } = record;
        return this.#ofTarget(record, tid, (where) => ({ kind: 'wakeup', ...where, tid, onCpu, isNew }));
      }
      case 'migrate': {
        const { tid, toCpu } = record;
        return this.#ofTarget(record, tid, (where) => ({ kind: 'migrate', ...where, tid, toCpu }));
      }
      case 'enter':
        this.#stack(record.cpu).push({ sinceNs: record.timeNs, source: record.source });
        return null;
      case 'leave':
        return this.#leave(record);
      case 'fault-begin':
        return this.#faultBegin(record);
      case 'fault-end':
        return this.#faultEnd(record);
    }
  }

  #switch(record: Of<'switch'>): SwitchEvent {
    const { timeNs, cpu, previousTid, previousComm, nextTid, nextComm } = record;
    const previous = this.#task(previousTid, previousComm);
    const next = this.#task(nextTid, nextComm);
    this.#running.set(cpu, nextTid);
    // No interrupt lasts beyond a switch: what is still open, its end was lost.
    this.#open.delete(cpu);
    const inFault = this.#faults.has(previousTid);
    const left = leftAs(record.state);
    if (left === 'ended') this.#forget(previousTid);
    return {
      kind: 'switch',
      timeNs,
      cpu,
      witness: previousTid,
      previous,
      next,
      left,
      throttled: false,
      quotaTimer: null,
      inFault,
      stealNs: null,
      woken: null,
      previousInTurns: false,
      nextInTurns: false,
    };
  }

  /** Another thread may get its number. */
  #forget(tid: number): void {
    this.#faults.delete(tid);
    this.#tgids.delete(tid);
    this.#names.delete(tid);
  }

  #waking(record: Of<'waking'>): LateEvent | null {
    const { tid } = record;
    return this.#ofTarget(record, tid, (where) => {
      const source = this.#stack(record.cpu).at(-1)?.source ?? null;
      return {
        kind: 'waking',
        ...where,
        tid,
        waker: this.#names.get(where.witness) ?? this.#task(where.witness, '?'),
        context: source?.level ?? 'task',
        interrupt: source === null ? null : this.#interruptName(source),
        sleep: 'unknown',
      };
    });
  }

  /** The innermost that it can be the end of; those within have lost theirs. */
  #leave({ timeNs, cpu, source, current }: Of<'leave'>): InterruptEvent | null {
    const stack = this.#stack(cpu);
    const at = stack.findLastIndex(
      (one) =>
        one.source.level === source.level &&
        one.source.vector === source.vector &&
        one.source.id === source.id,
    );
    const opened = stack[at];
    const witness = this.#witness(cpu, current);
    if (opened === undefined) return null;
    stack.length = at;
    if (witness === null) return null;
    const interrupt = this.#interruptName(source);
    return { kind: 'interrupt', timeNs, cpu, witness, sinceNs: opened.sinceNs, interrupt, stealNs: null };
  }

  #faultBegin({ timeNs, current, address }: Of<'fault-begin'>): null {
    if (current !== null && this.#isTarget(current.tid))
      this.#faults.set(current.tid, { sinceNs: timeNs, address });
    return null;
  }

  #faultEnd({ timeNs, current, major }: Of<'fault-end'>): LateEvent | null {
    if (current === null || !this.#isTarget(current.tid)) return null;
    const { tid } = current;
    this.#counts[major ? 'majorFaults' : 'minorFaults'] += 1;
    const begun = this.#faults.get(tid);
    this.#faults.delete(tid);
    if (begun === undefined) return null;
    const { sinceNs, address } = begun;
    if (timeNs - sinceNs < this.#scope.faultOverNs) {
      this.#counts.shortFaults += 1;
      this.#counts.shortFaultNs += timeNs - sinceNs;
      return null;
    }
    return { kind: 'fault', timeNs, sinceNs, tid, major, place: this.#lookups.placeOf(address) };
  }

  #ofTarget(
    { timeNs, cpu, current }: Of<'waking' | 'wakeup' | 'migrate'>,
    tid: number,
    make: (where: { timeNs: number; cpu: number; witness: number }) => LateEvent,
  ): LateEvent | null {
    if (!this.#isTarget(tid)) return null;
    const witness = this.#witness(cpu, current);
    return witness === null ? null : make({ timeNs, cpu, witness });
  }

  /** Who has the CPU; null for a task without a number that was not seen to come. */
  #witness(cpu: number, current: { readonly tid: number } | null): number | null {
    return current?.tid ?? this.#running.get(cpu) ?? null;
  }

  #isTarget(tid: number): boolean {
    if (this.#scope.tid !== null) return tid === this.#scope.tid;
    return tid !== IDLE_TID && this.#tgids.get(tid) === this.#scope.tgid;
  }

  /** A thread that has not run since we look is taken for a process of its own. */
  #task(tid: number, comm: string): TaskName {
    const tgid = this.#tgids.get(tid) ?? tid;
    const known = this.#names.get(tid);
    if (known?.comm === comm && known.tgid === tgid) return known;
    const task = { tid, tgid, comm };
    this.#names.set(tid, task);
    return task;
  }

  #stack(cpu: number): OpenInterrupt[] {
    const known = this.#open.get(cpu);
    if (known !== undefined) return known;
    const made: OpenInterrupt[] = [];
    this.#open.set(cpu, made);
    return made;
  }

  #interruptName({ level, vector, id }: InterruptSource): InterruptName {
    const key = `${level} ${vector ?? id}`;
    const known = this.#interruptNames.get(key);
    if (known !== undefined) return known;
    const ofLine = () => (level === 'softirq' ? softirqName(id) : this.#lookups.interruptOf(id));
    const made = { level, name: vector === null ? ofLine() : vectorName(vector) };
    this.#interruptNames.set(key, made);
    return made;
  }
}

function leftAs(state: number): SwitchEvent['left'] {
  if ((state & TRACED_STATE.any) === 0) return 'runnable';
  if ((state & TRACED_STATE.ended) !== 0) return 'ended';
  return (state & TRACED_STATE.blocked) !== 0 ? 'blocked' : 'asleep';
}
