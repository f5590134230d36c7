/**
 * Where the fields of a sample lie, for one event. The order is the kernel's (man 2 perf_event_open, PERF_RECORD_SAMPLE);
 * fields behind a callchain or raw data have no fixed place, so they are found when a sample is read.
 */
import { SAMPLE_FIELDS, type SampleField } from './attributes.ts';

/** Word offsets from the start of the record; the header takes two words. */
export interface SampleLayout {
  /** The 64-bit fields before any of variable length, by name. */
  readonly fixed: Readonly<Partial<Record<SampleField, number>>>;
  /** Where the first field of variable length starts. */
  readonly variableAt: number;
  readonly hasCallchain: boolean;
  readonly hasRaw: boolean;
  /** Fields behind those of variable length, in order. */
  readonly trailing: readonly SampleField[];
}

const FIXED: readonly SampleField[] = ['identifier', 'ip', 'tid', 'time', 'address', 'cpu', 'period'];
const TRAILING: readonly SampleField[] = ['physicalAddress', 'dataPageSize'];

export function sampleLayout(fields: readonly SampleField[]): SampleLayout {
  const asked = new Set<SampleField>([...fields, 'identifier']);
  for (const field of asked) if (!(field in SAMPLE_FIELDS)) throw new RangeError(`no sample field ${field}`);
  const fixed: Partial<Record<SampleField, number>> = {};
  let at = 2;
  for (const field of FIXED) {
    if (!asked.has(field)) continue;
    fixed[field] = at;
    at += 2;
  }
  return {
    fixed,
    variableAt: at,
    hasCallchain: asked.has('callchain'),
    hasRaw: asked.has('raw'),
    trailing: TRAILING.filter((field) => asked.has(field)),
  };
}
