/** The BPF program that filters faults by their latency, loaded and ready to be attached to perf events. */
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import { type BuiltSlowFaults, FAULT_BEGINNING, slowFaults } from '../bpf/programs/slow-faults.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { BEGINNING_FIELDS, BeginningDecoder, type BeginningOffsets } from '../perf/fault-beginnings.ts';
import { FaultDecoder, type FaultRole, type FaultSampling } from '../perf/fault-samples.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import type { TimeBase } from '../perf/time-base.ts';
import type { FaultDecoders, FaultFilter } from './fault-events.ts';
import { signsWanted } from './fault-signs-wanted.ts';
import { type LoadedProgram, loadBpf } from './load-bpf.ts';
import { attachTracepoints, fillEventArray, programFd, readOwnCounters } from './run-bpf.ts';

/** The event into whose ring the program writes; its samples stand for those of the entries. */
export const BEGINNING = 'beginning';

/** Threads whose faults are told apart; each takes some 50 bytes. Those that found no room are counted. */
const MOST_THREADS = 65_536;
const PARTS: Readonly<Record<FaultRole, string>> = {
  entry: 'keel_slow_in',
  minor: 'keel_slow_min',
  major: 'keel_slow_maj',
};

export class LoadedFaultFilter implements Disposable {
  readonly #loaded: LoadedProgram<BuiltSlowFaults>;

  constructor(loaded: LoadedProgram<BuiltSlowFaults>) {
    this.#loaded = loaded;
  }

  programFd(role: FaultRole): number {
    return programFd(this.#loaded, PARTS[role]);
  }

  /** @param events the descriptors of BEGINNING, by CPU */
  writeTo(events: Iterable<readonly [cpu: number, fd: number]>): void {
    fillEventArray(this.#loaded, this.#loaded.built.output, events);
  }

  decoders(sampling: FaultSampling, base: TimeBase): FaultDecoders {
    const offsets = Object.fromEntries(
      BEGINNING_FIELDS.map((field) => [field, FAULT_BEGINNING.offset(field)]),
    ) as unknown as BeginningOffsets;
    const entry = new BeginningDecoder(sampling, base, offsets);
    const minor = new FaultDecoder('minor', sampling, base);
    const byEvent = new Map<string, BeginningDecoder | FaultDecoder>([
      [BEGINNING, entry],
      ['minor', minor],
      ['major', new FaultDecoder('major', sampling, base)],
    ]);
    const unnamed = (record: RingCursor) => {
      const sample = minor.decode(record);
      const role = entry.roleBehind(sample);
      return role === null ? null : { ...sample, role };
    };
    return { byEvent, unnamed, layout: entry.layout };
  }

  /** Completions whose beginning was not known. */
  get orphans(): bigint {
    return readOwnCounters(this.#loaded, this.#loaded.built.lost).orphans;
  }

  [Symbol.dispose](): void {
    this.#loaded.close();
  }
}

/** @param wholeMachine the faults of all tasks are wanted, not only of those that have perf events */
export function loadFaultFilter(
  host: Host,
  filter: FaultFilter,
  wholeMachine = true,
): Maybe<LoadedFaultFilter> {
  const possible = orNull(host.read(cpusInState, { state: 'possible' }));
  const online = host.read(cpusInState, { state: 'online' });
  if (isMissing(online)) return online;
  const cpus = ((possible ?? online).last ?? 0) + 1;
  const signs = signsWanted(host);
  const options = { ...filter, ...signs, wholeMachine, threads: MOST_THREADS, cpus };
  const loaded = loadBpf(host, slowFaults, options);
  if (isMissing(loaded)) return loaded;
  attachTracepoints(loaded);
  return new LoadedFaultFilter(loaded);
}
