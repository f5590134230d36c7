/** The gzipped protocol buffer of pprof: github.com/google/pprof/blob/main/proto/profile.proto. */
import { gzipSync } from 'node:zlib';
import {
  Function as Code,
  Label,
  Line,
  Location,
  Mapping,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import type { FaultProfile } from '../model/faults/profile.ts';
import type { ExportOptions } from './exporter.ts';

export function exportPprof(profile: FaultProfile, { startedUnixMs }: ExportOptions): Uint8Array {
  const texts = new StringTable();
  const id = (text: string) => texts.dedup(text);
  const { labels, stacks } = profile;
  const binaries = [...new Set(labels.map((label) => label.binary))];
  const types = [
    ['faults', 'count'],
    ['stall', 'nanoseconds'],
  ] as const;
  const encoded = new Profile({
    stringTable: texts,
    sampleType: types.map(([type, unit]) => new ValueType({ type: id(type), unit: id(unit) })),
    defaultSampleType: id('stall'),
    sample: profile.weights.map(
      ({ stack, cause, faults, stallNs }) =>
        new Sample({
          // Numbers start at 1, and the innermost frame is first.
          locationId: stacks
            .framesOf(stack)
            .map((label) => label + 1)
            .reverse(),
          value: [faults, Math.round(stallNs)],
          label: [new Label({ key: id('cause'), str: id(cause) })],
        }),
    ),
    mapping: binaries.map(
      (binary, i) => new Mapping({ id: i + 1, filename: id(binary), hasFunctions: true }),
    ),
    location: labels.map(
      ({ binary }, i) =>
        new Location({
          id: i + 1,
          mappingId: binaries.indexOf(binary) + 1,
          line: [new Line({ functionId: i + 1 })],
        }),
    ),
    function: labels.map(
      ({ name, binary }, i) =>
        new Code({ id: i + 1, name: id(name), systemName: id(name), filename: id(binary) }),
    ),
    timeNanos: BigInt(Math.round(startedUnixMs)) * 1_000_000n,
    durationNanos: Math.round(profile.elapsedNs),
  });
  return gzipSync(encoded.encode());
}
