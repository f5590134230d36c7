/**
 * Goes from one placement of a trial to another and back, many times. What every thread had is written down before the
 * first switch, together with all that it may be given, so that one undo puts everything back from wherever it stopped.
 *
 * Every switch makes the same calls for every placement, also for "leave alone": what the calls themselves do to the
 * threads must be in all blocks alike.
 */
import type { Move } from '../placement/proposal.ts';
import type { ChangeLog } from './apply.ts';
import { entriesOf } from './apply.ts';
import type { ProcessRecord, ThreadRecord, Values } from './change.ts';
import { type Controls, type LiveThread, type ProcessId, type ThreadId, threadKey } from './controls.ts';
import { inheritedBefore } from './inheritance.ts';
import { wishesForThread } from './proposal-wishes.ts';
import { isGone } from './refused.ts';
import { settingNamed } from './settings/index.ts';
import { type SettingName, type SettingValue, sameValue } from './settings/setting.ts';

/** A process that a placement is about. */
export interface PlacedProcess extends ProcessId {
  readonly comm: string;
}

/** A thread that has neither what was given to it last, nor is new: somebody else changes it too. */
export interface Foreign {
  readonly tid: number;
  readonly comm: string;
  readonly setting: SettingName;
  readonly given: string;
  readonly found: string;
}

/** What a thread gets in each placement, placement 0 being what it had. */
interface Known extends ThreadId {
  readonly values: readonly Values[];
}

/** New threads are looked for again right after a switch, because the switch takes a while. */
const WALKS = 3;

export class Arms {
  readonly #controls: Controls;
  readonly #processes: readonly PlacedProcess[];
  /** The moves of each placement; the first, leaving things alone, has none. */
  readonly #moves: readonly (readonly Move[])[];
  readonly #records = new Map<number, ProcessRecord>();
  readonly #known = new Map<number, Map<string, Known>>();
  #current = 0;
  /** Threads found while a switch was going on, for the log. */
  #log: ChangeLog | null = null;

  /** @param candidates the moves of each candidate; they become the placements 1, 2, ... */
  constructor(
    controls: Controls,
    processes: readonly PlacedProcess[],
    candidates: readonly (readonly Move[])[],
  ) {
    this.#controls = controls;
    this.#processes = processes;
    this.#moves = [[], ...candidates];
  }

  /** What the journal holds before the first switch. Processes that have ended are left out. @throws Refused */
  record(): readonly ProcessRecord[] {
    for (const process of this.#processes) {
      const threads = this.#controls.threads(process);
      if (threads === null) continue;
      const records: ThreadRecord[] = [];
      const others: ThreadId[] = [];
      for (const thread of threads) {
        const names = this.#namesFor(process, thread);
        const before = names.length === 0 ? null : this.#read(process, thread, names);
        if (before === null) others.push({ tid: thread.tid, startTicks: thread.startTicks });
        else records.push(this.#take(process, thread, before));
      }
      const { tgid, startTicks, comm } = process;
      this.#records.set(tgid, { tgid, startTicks, comm, threads: records, others });
    }
    return [...this.#records.values()];
  }

  /** Whether a candidate wants anything that is not so already. Of what `record` has read. */
  changesSomething(arm: number): boolean {
    return [...this.#known.values()].some((threads) =>
      [...threads.values()].some(({ values }) => JSON.stringify(values[arm]) !== JSON.stringify(values[0])),
    );
  }

  /** From here on threads that are found later are written there. */
  writeTo(log: ChangeLog): void {
    this.#log = log;
  }

  /**
   * Gives every thread what it has in a placement; threads born meanwhile too.
   * @throws Refused where the kernel refuses; what was done stays until the next switch
   */
  switchTo(arm: number): readonly Foreign[] {
    const foreign: Foreign[] = [];
    for (const process of this.#processes) {
      const record = this.#records.get(process.tgid);
      if (record === undefined) continue;
      const done = new Set<string>();
      for (let walks = 0; walks < WALKS; walks += 1) {
        const threads = this.#controls.threads(process) ?? [];
        const fresh = threads.filter((thread) => !done.has(threadKey(thread)));
        if (fresh.length === 0) break;
        this.#adopt(process, fresh);
        for (const thread of fresh) {
          done.add(threadKey(thread));
          foreign.push(...this.#give(process, thread, arm));
        }
      }
      this.#forgetEnded(process, done);
    }
    this.#current = arm;
    return foreign;
  }

  /** Values that do not read back as given. */
  mismatches(): readonly Foreign[] {
    return this.#processes.flatMap((process) =>
      (this.#controls.threads(process) ?? []).flatMap((thread) => this.#differences(process, thread)),
    );
  }

  /** The kinds of change that any placement makes to a thread. */
  #namesFor(process: ProcessId, thread: LiveThread): readonly SettingName[] {
    const names = this.#moves.flatMap((moves) =>
      wishesForThread(movesOf(moves, process), thread)
        .filter(({ setting }) => setting.fixed(thread) === null)
        .map(({ setting }) => setting.name),
    );
    return [...new Set(names)];
  }

  #read(process: ProcessId, thread: ThreadId, names: readonly SettingName[]): Values | null {
    try {
      const values = names.map((name) => [name, settingNamed(name).read(this.#controls, process, thread)]);
      return Object.fromEntries(values) as Values;
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  /** Remembers a thread, and makes its record. */
  #take(process: ProcessId, thread: LiveThread, before: Values): ThreadRecord {
    const values = this.#moves.map((moves) => {
      const wishes = wishesForThread(movesOf(moves, process), thread);
      const wanted = entriesOf(before).map(([name, value]) => {
        const wish = wishes.find((one) => one.setting.name === name);
        return [name, wish === undefined ? value : wish.want(value)];
      });
      return Object.fromEntries(wanted) as Values;
    });
    const known = this.#known.get(process.tgid) ?? new Map<string, Known>();
    known.set(threadKey(thread), { tid: thread.tid, startTicks: thread.startTicks, values });
    this.#known.set(process.tgid, known);
    const [set = before, ...tried] = distinct(values.slice(1));
    const { tid, startTicks, comm } = thread;
    return { tid, startTicks, comm, before, set, ...(tried.length === 0 ? {} : { tried }) };
  }

  /**
   * Threads that were born since: what they would have without the trial is what their parent had. Those whose values
   * are their own are written to the journal; for the others an undo finds the same out again.
   */
  #adopt(process: ProcessId, threads: readonly LiveThread[]): void {
    const record = this.#records.get(process.tgid);
    if (record === undefined) return;
    const known = this.#known.get(process.tgid) ?? new Map<string, Known>();
    const others = new Set(record.others.map(threadKey));
    const names = [...new Set(record.threads.flatMap((one) => entriesOf(one.set).map(([name]) => name)))];
    const own: ThreadRecord[] = [];
    for (const thread of threads) {
      if (known.has(threadKey(thread)) || others.has(threadKey(thread))) continue;
      const found = this.#read(process, thread, names);
      if (found === null) continue;
      const before = Object.fromEntries(
        entriesOf(found).map(([name, value]) => [name, inheritedBefore(record, name, value) ?? value]),
      ) as Values;
      const taken = this.#take(process, thread, before);
      const isMeant = this.#namesFor(process, thread).length > 0;
      if (isMeant && JSON.stringify(before) === JSON.stringify(found)) own.push(taken);
    }
    if (own.length === 0) return;
    const { tgid, startTicks } = process;
    this.#log?.append({ record: 'threads', process: { tgid, startTicks }, threads: own });
    this.#records.set(tgid, { ...record, threads: [...record.threads, ...own] });
  }

  #give(process: ProcessId, thread: LiveThread, arm: number): readonly Foreign[] {
    const known = this.#known.get(process.tgid)?.get(threadKey(thread));
    const values = known?.values[arm];
    if (values === undefined) return [];
    const foreign = this.#differences(process, thread).filter((one) => !one.isOurs);
    if (foreign.length > 0) return foreign;
    for (const [name, value] of entriesOf(values)) {
      try {
        settingNamed(name).write(this.#controls, process, thread, value);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
    return [];
  }

  /** A thread against what it was given last. A setting whose reading disturbs is taken on trust. */
  #differences(process: ProcessId, thread: LiveThread): readonly (Foreign & { readonly isOurs: boolean })[] {
    const known = this.#known.get(process.tgid)?.get(threadKey(thread));
    const given = entriesOf(known?.values[this.#current] ?? {}).filter(
      ([name]) => !settingNamed(name).disturbs,
    );
    const names = given.map(([name]) => name);
    const found = this.#read(process, thread, names);
    const record = this.#records.get(process.tgid);
    if (found === null || record === undefined) return [];
    return given.flatMap(([name, value]) => {
      const now = found[name] as SettingValue;
      if (sameValue(now, value)) return [];
      const { text } = settingNamed(name);
      // Of a switch that was cut off, or inherited from a thread in another placement.
      const isOurs = inheritedBefore(record, name, now) !== null;
      const { tid, comm } = thread;
      return [{ tid, comm, setting: name, given: text(value), found: text(now), isOurs }];
    });
  }

  #forgetEnded(process: ProcessId, alive: ReadonlySet<string>): void {
    const known = this.#known.get(process.tgid);
    for (const key of known?.keys() ?? []) if (!alive.has(key)) known?.delete(key);
  }
}

function movesOf(moves: readonly Move[], { tgid }: ProcessId): readonly Move[] {
  return moves.filter((move) => move.tgid === tgid);
}

function distinct(all: readonly Values[]): readonly Values[] {
  const seen = new Map(all.map((values) => [JSON.stringify(values), values]));
  return [...seen.values()];
}
