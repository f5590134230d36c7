/**
 * Entries of faults that a BPF program tells at their completion (bpf/programs/slow-faults.ts): raw data in a sample of
 * the event bpf-output, decoded to what the entry's own sample would have been.
 */
import type { EventAttributes, SampleField } from './attributes.ts';
import { FaultDecoder, type FaultSample, type FaultSampling, faultFields } from './fault-samples.ts';
import { sampleTail } from './records.ts';
import type { RingCursor } from './ring-cursor.ts';
import { type SampleLayout, sampleLayout } from './sample-layout.ts';
import type { TimeBase } from './time-base.ts';

export const BEGINNING_FIELDS = [
  'sinceNs',
  'address',
  'errorCode',
  'sleeps',
  'signs',
  'cpu',
  'major',
] as const;
/** Where each field of 64 bits lies in the raw data, in bytes. */
export type BeginningOffsets = Readonly<Record<(typeof BEGINNING_FIELDS)[number], number>>;

/** The upper half of the code that says that there is none. */
const NONE_HIGH = 0xffff_ffff;

export function beginningEvent(sampling: FaultSampling): EventAttributes {
  return {
    source: { kind: 'software', name: 'bpf-output' },
    sample: beginningFields(sampling),
    period: 1,
    excludeCallchainKernel: true,
    startEnabled: true,
  };
}

function beginningFields(sampling: FaultSampling): readonly SampleField[] {
  return [...faultFields('entry', sampling), 'raw'];
}

export class BeginningDecoder {
  readonly layout: SampleLayout;
  readonly #sample: FaultDecoder;
  readonly #base: TimeBase;
  readonly #at: BeginningOffsets;
  /** By the CPU where it was written, the last one. */
  readonly #last = new Map<number, { readonly tid: number; readonly role: 'minor' | 'major' }>();

  constructor(sampling: FaultSampling, base: TimeBase, offsets: BeginningOffsets) {
    this.layout = sampleLayout(beginningFields(sampling));
    // The raw data lies behind all else, so the rest of the sample is that of an entry.
    this.#sample = new FaultDecoder('entry', sampling, base);
    this.#base = base;
    this.#at = offsets;
  }

  decode(record: RingCursor): FaultSample {
    const { rawAt } = sampleTail(record, this.layout);
    const place = (field: keyof BeginningOffsets) => rawAt + this.#at[field] / 4;
    const hasCode = record.word(place('errorCode') + 1) !== NONE_HIGH;
    const sample = this.#sample.decode(record);
    const role = record.word(place('major')) === 0 ? 'minor' : 'major';
    this.#last.set(sample.cpu, { tid: sample.tid, role });
    return {
      ...sample,
      timeNs: this.#base.at(record, place('sinceNs')),
      address: record.number(place('address')),
      cpu: record.word(place('cpu')),
      errorCode: hasCode ? record.word(place('errorCode')) : null,
      slept: record.number(place('sleeps')) > 0,
      signs: record.word(place('signs')),
    };
  }

  /** As what a sample ends its fault that comes right behind the beginning; null where it does not. */
  roleBehind({ cpu, tid }: Pick<FaultSample, 'cpu' | 'tid'>): 'minor' | 'major' | null {
    const last = this.#last.get(cpu);
    return last?.tid === tid ? last.role : null;
  }
}
