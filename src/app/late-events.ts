/** Opens the source of late events for one process: the BPF program, its rings, and the faults of its threads. */
import { KeelError } from '../base/errors.ts';
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import { AFTER_TURNS, LATE_RECORD, type LateCounts, TURNS_RECORD } from '../bpf/late/records.ts';
import { THREAD_STATE } from '../bpf/late/shared.ts';
import type { Decoded } from '../bpf/layout.ts';
import { type BuiltLateEvents, lateEvents } from '../bpf/programs/late-events.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { threadList } from '../kernel/task/lists.ts';
import { pinned } from '../native/bpf.ts';
import { PerfEvent } from '../native/perf-event.ts';
import { encodeAttributes } from '../perf/attributes.ts';
import { LATE_OUTPUT } from './decode-late-events.ts';
import { EventRings, isTaskGone } from './event-rings.ts';
import { type LoadedProgram, loadBpf } from './load-bpf.ts';
import { attachTracepoints, fillEventArray, programFd, readOwnCounters, readValue } from './run-bpf.ts';

/** Per CPU: 100,000 switches a second fill a fifth of it between two drains. */
const RING_BYTES = 4 * 1024 * 1024;
const MOST_THREADS = 16_384;
const OUTPUT = 'late';

export interface LateScope {
  readonly tgid: number;
  readonly tid: number | null;
  /** See LateOptions of bpf/late/shared.ts. */
  readonly stackOverNs: number;
  readonly faultOverNs: number;
  readonly keepUnderNs: number;
  readonly keepIdleUnderNs: number;
}

export class LateEventSource implements Disposable {
  readonly rings: EventRings;
  readonly #loaded: LoadedProgram<BuiltLateEvents>;

  constructor(rings: EventRings, loaded: LoadedProgram<BuiltLateEvents>) {
    this.rings = rings;
    this.#loaded = loaded;
  }

  counts(): Decoded<LateCounts> {
    return readOwnCounters(this.#loaded, this.#loaded.built.late.counts);
  }

  /** Nothing is told from here on; what is in the rings stays, and what is kept with threads. */
  detach(): void {
    this.#loaded.detach();
  }

  /** A record of the turns that are kept with a thread; null where none are. Whole only when it is detached. */
  keptTurns(tid: number): Uint32Array | null {
    const key = pinned(new Uint8Array(8));
    new DataView(key.buffer).setBigUint64(0, BigInt(tid), true);
    const value = readValue(this.#loaded, this.#loaded.built.late.threads, key);
    return value === null ? null : recordOfState(value);
  }

  [Symbol.dispose](): void {
    this.#loaded.close();
    this.rings.close();
  }
}

/**
 * Events come from here on.
 * @returns missing where this kernel or user has no BPF
 * @throws KeelError E_GONE where the target has ended
 */
export function openLateEvents(host: Host, scope: LateScope): Maybe<LateEventSource> {
  const online = host.read(cpusInState, { state: 'online' });
  if (isMissing(online)) return online;
  const possible = orNull(host.read(cpusInState, { state: 'possible' }));
  const cpus = ((possible ?? online).last ?? 0) + 1;
  const loaded = loadBpf(host, lateEvents, { ...scope, threads: MOST_THREADS, cpus });
  if (isMissing(loaded)) return loaded;
  const pageBytes = host.facts.pageBytes ?? 4096;
  const rings = new EventRings({ cpus: online.ids(), pageBytes, ringPages: RING_BYTES / pageBytes });
  try {
    rings.add(OUTPUT, LATE_OUTPUT);
    fillEventArray(loaded, loaded.built.late.output, rings.descriptorsOf(OUTPUT));
    attachFaults(host, scope, loaded);
    attachTracepoints(loaded);
    return new LateEventSource(rings, loaded);
  } catch (error) {
    loaded.close();
    rings.close();
    throw error;
  }
}

const FAULT_PARTS = [
  ['keel_fault_in', 'page-faults'],
  ['keel_fault_min', 'minor-faults'],
  ['keel_fault_maj', 'major-faults'],
] as const;

/** As the programs would tell it (bpf/late/turns.ts). */
function recordOfState(value: Uint8Array): Uint32Array | null {
  const words = new Uint32Array(value.buffer, value.byteOffset, value.byteLength / 4);
  const [after, turns] = [words[wordOf('after')] ?? 0, words[wordOf('turns')] ?? 0];
  if (after === 0 && turns === 0) return null;
  const record = words.slice(wordOf('record'));
  record[TURNS_RECORD.offset('kind') / 4] = LATE_RECORD.turns;
  record[TURNS_RECORD.offset('after') / 4] = after;
  record[TURNS_RECORD.offset('turns') / 4] = after === AFTER_TURNS.runs ? turns + 1 : turns;
  return record;
}

function wordOf(field: Parameters<typeof THREAD_STATE.offset>[0]): number {
  return THREAD_STATE.offset(field) / 4;
}

/** Threads born while we attach inherit from those that have it already; the others are found by looking again. */
function attachFaults(host: Host, { tgid, tid }: LateScope, loaded: LoadedProgram<BuiltLateEvents>): void {
  const attached = new Set<number>();
  for (let found = true; found; ) {
    found = false;
    const tids = tid === null ? (orNull(host.read(threadList, { pid: tgid })) ?? []) : [tid];
    for (const one of tids) {
      if (attached.has(one)) continue;
      attached.add(one);
      found = attachThread(one, tid === null, loaded) || found;
    }
    if (attached.size === 0) throw gone();
  }
}

/** One event for all CPUs: no ring is theirs, so they may be inherited. */
function attachThread(tid: number, inherit: boolean, loaded: LoadedProgram<BuiltLateEvents>): boolean {
  try {
    for (const [part, name] of FAULT_PARTS) {
      const source = { kind: 'software', name } as const;
      const event = new PerfEvent(encodeAttributes({ source, period: 1, sample: ['address'], inherit }), {
        tid,
      });
      loaded.attachments.own(event.fd);
      event.runProgram(programFd(loaded, part));
      event.enable();
    }
    return true;
  } catch (error) {
    if (isTaskGone(error)) return false;
    throw error;
  }
}

function gone(): KeelError {
  return new KeelError('E_GONE', {
    what: { en: 'the target ended before it could be watched', ko: '관찰하기 전에 대상이 끝났습니다' },
  });
}
