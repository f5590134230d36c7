/** The BPF program that makes one record of each fault, loaded and ready to be attached to perf events. */
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import {
  BUFFER_STATE,
  type BuiltFaultRecords,
  FAULT_RECORD,
  faultRecords,
  RECORD_KIND,
  SIGN_SHIFT,
} from '../bpf/programs/fault-records.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { type BufferShape, RecordBuffers } from '../native/record-buffers.ts';
import { FAULT_RECORD_FIELDS, type FaultRecordShape } from '../perf/fault-records.ts';
import { signsWanted } from './fault-signs-wanted.ts';
import { type LoadedProgram, loadBpf } from './load-bpf.ts';
import { attachTracepoints, mapFd, programFd } from './run-bpf.ts';

/** How the records lie in a buffer. */
export const RECORD_SHAPE: FaultRecordShape = {
  offsets: Object.fromEntries(
    FAULT_RECORD_FIELDS.map((field) => [field, FAULT_RECORD.offset(field)]),
  ) as FaultRecordShape['offsets'],
  sizeBytes: FAULT_RECORD.sizeBytes,
  kinds: RECORD_KIND,
  signShift: SIGN_SHIFT,
};

export interface FaultRecordsScope {
  readonly wholeMachine: boolean;
  readonly callchains: boolean;
  /** Where pages lie in physical memory is asked too. */
  readonly pagePlaces: boolean;
  /** Of the buffer of each CPU; less on machines of many CPUs. */
  readonly bufferBytes: number;
}

/** As many as perf takes by default (kernel.perf_event_max_stack). */
const MOST_FRAMES = 127;
/** The buffers of all CPUs together. */
const MOST_BYTES = 512 * 1024 * 1024;
/** Room for a fault with all its callers, and padding. */
const LEAST_BYTES = 4096;

export class LoadedFaultRecords implements Disposable {
  readonly shape: BufferShape;
  readonly onlineCpus: readonly number[];
  readonly #loaded: LoadedProgram<BuiltFaultRecords>;

  constructor(loaded: LoadedProgram<BuiltFaultRecords>, onlineCpus: readonly number[], pageBytes: number) {
    this.#loaded = loaded;
    this.onlineCpus = onlineCpus;
    const { buffers, states } = loaded.built;
    this.shape = {
      buffersFd: mapFd(loaded, buffers.name),
      statesFd: mapFd(loaded, states.name),
      cpus: buffers.entries,
      bufferBytes: buffers.valueBytes,
      stateBytes: states.valueBytes,
      headAt: BUFFER_STATE.offset('head'),
      tailAt: BUFFER_STATE.offset('tail'),
      pageBytes,
    };
  }

  /** Of the part for a kind of completion. */
  programFd(kind: 'minor' | 'major'): number {
    return programFd(this.#loaded, `keel_rec_${kind}`);
  }

  /** Faults that found no room, and completions whose beginning is not known, so far. */
  totals(): { readonly lost: number; readonly orphans: number } {
    using buffers = new RecordBuffers(this.shape);
    const sum = (counter: 'lost' | 'orphans') => Number(buffers.sum(BUFFER_STATE.offset(counter)));
    return { lost: sum('lost'), orphans: sum('orphans') };
  }

  [Symbol.dispose](): void {
    this.#loaded.close();
  }
}

/** Beginnings are noted from now on, which costs each fault of the watched some 60 ns. */
export function loadFaultRecords(host: Host, scope: FaultRecordsScope): Maybe<LoadedFaultRecords> {
  const online = host.read(cpusInState, { state: 'online' });
  if (isMissing(online)) return online;
  const { pageBytes } = host.facts;
  if (pageBytes === null) return missing('not-captured', 'the page size');
  const cpus = ((orNull(host.read(cpusInState, { state: 'possible' })) ?? online).last ?? 0) + 1;
  const loaded = loadBpf(host, faultRecords, {
    cpus,
    bufferBytes: bufferBytesFor(scope.bufferBytes, cpus),
    frames: scope.callchains ? MOST_FRAMES : 0,
    wholeMachine: scope.wholeMachine,
    pagePlaces: scope.pagePlaces,
    ...signsWanted(host),
  });
  if (isMissing(loaded)) return loaded;
  attachTracepoints(loaded);
  return new LoadedFaultRecords(loaded, online.ids(), pageBytes);
}

function bufferBytesFor(wantedBytes: number, cpus: number): number {
  const bytes = Math.max(LEAST_BYTES, Math.min(wantedBytes, MOST_BYTES / cpus));
  return 2 ** Math.floor(Math.log2(bytes));
}
