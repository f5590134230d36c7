import { describe, expect, it } from 'vitest';
import { NO_STACK } from '../stacks/stack-table.ts';
import { FaultCollector } from './collector.ts';
import { compareRecordings } from './difference.ts';
import type { FaultRecording } from './recording.ts';
import { FIRST_TOUCH, recordingOf } from './testing/made-recording.ts';

/** Faults as [function, stall], in the first touch of anonymous memory. */
function recording(
  seconds: number,
  faults: readonly (readonly [string, number])[],
  folder = '/v1',
): FaultRecording {
  const collector = new FaultCollector();
  const { frames, stacks, places } = collector.tables;
  const image = frames.image({ path: `${folder}/server`, file: null, tgid: 1 }) ?? 0;
  const names = [
    { function: null, binary: '', offset: null } as { function: string | null; binary: string; offset: null },
  ];
  faults.forEach(([name, latencyNs], i) => {
    const frame = frames.inImage(
      image,
      [...name].reduce((sum, char) => sum + char.charCodeAt(0), 0),
    );
    names[frame] = { function: name, binary: `${folder}/server`, offset: null };
    collector.add({
      ...FIRST_TOUCH,
      timeNs: i,
      latencyNs,
      address: i * 4096,
      place: places.placeOf('anonymous', ''),
      stack: stacks.push(NO_STACK, frame),
    });
  });
  return recordingOf(collector, names, { elapsedNs: seconds * 1e9 });
}

describe('compareRecordings', () => {
  it('compares per second, whatever the length of the recordings', () => {
    const before = recording(1, [
      ['load', 1000],
      ['tick', 50],
    ]);
    const twice = recording(2, [
      ['load', 1000],
      ['tick', 50],
      ['load', 1000],
      ['tick', 50],
    ]);
    const { total, loadRatio, byFunction } = compareRecordings(before, twice);
    expect(total.changeNsPerSec).toBe(0);
    expect(loadRatio).toBe(1);
    expect(byFunction.map((row) => row.changeNsPerSec)).toEqual([0, 0]);
  });

  it('puts the largest change first, and keeps what is on one side only', () => {
    const before = recording(1, [
      ['load', 1000],
      ['tick', 50],
    ]);
    const after = recording(
      1,
      [
        ['tick', 60],
        ['save', 300],
      ],
      '/v2',
    );
    const { byFunction, byCause, total } = compareRecordings(before, after);
    expect(byFunction.map((row) => [row.key.function, row.changeNsPerSec])).toEqual([
      ['load', -1000],
      ['save', 300],
      ['tick', 10],
    ]);
    expect(byCause.map((row) => [row.key, row.changeNsPerSec])).toEqual([['first-touch', -690]]);
    expect(total.before).toEqual({ faultsPerSec: 2, stallNsPerSec: 1050 });
  });

  it('knows no ratio of loads where there was none before', () => {
    expect(compareRecordings(recording(1, []), recording(1, [['a', 1]])).loadRatio).toBeNull();
  });
});
