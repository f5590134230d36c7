import { describe, expect, it } from 'vitest';
import { NO_STACK, StackTable } from '../stacks/stack-table.ts';
import { chargeInstructions, chargeLines, functionSites, type Instruction } from './annotation.ts';
import type { FaultRecording } from './recording.ts';

/** Frames 1 and 2 are two places of walk, 3 one of main, 4 walk of a library, 5 of the kernel. */
const NAMES = [
  { function: null, binary: '', offset: null },
  { function: 'walk', binary: '/bin/a', offset: 0x110 },
  { function: 'walk', binary: '/bin/a', offset: 0x124 },
  { function: 'main', binary: '/bin/a', offset: 0x40 },
  { function: 'walk', binary: '/lib/b', offset: 0x999 },
  { function: 'walk', binary: '[kernel]', offset: null },
];

function recordingOf(
  rows: readonly (readonly [frames: readonly number[], faults: number, stallNs: number])[],
) {
  const stacks = new StackTable();
  const weights = rows.map(([frames, faults, stallNs]) => ({
    stack: frames.reduce((at, frame) => stacks.push(at, frame), NO_STACK),
    cause: frames.length > 2 ? ('copy-on-write' as const) : ('first-touch' as const),
    faults,
    stallNs,
  }));
  return { stacks, weights, names: NAMES } as unknown as FaultRecording;
}

describe('functionSites', () => {
  it('tells the faults of its own instructions from those of what it called, by place', () => {
    const [first] = functionSites(
      recordingOf([
        [[3, 1], 5, 500],
        [[3, 2], 1, 10],
        [[3, 1, 3], 2, 70],
      ]),
      'walk',
    );
    expect(first?.binary).toBe('/bin/a');
    expect(first?.total).toMatchObject({
      own: { faults: 6, stallNs: 510 },
      calls: { faults: 2, stallNs: 70 },
    });
    expect(first?.sites.map(({ offset, own, calls }) => [offset, own.stallNs, calls.stallNs])).toEqual([
      [0x110, 500, 70],
      [0x124, 10, 0],
    ]);
    expect(first?.total.byCause).toEqual([{ cause: 'first-touch', faults: 6, stallNs: 510 }]);
  });

  it('charges what calls itself once', () => {
    const [walk] = functionSites(recordingOf([[[1, 1, 2], 4, 40]]), 'walk');
    expect(walk?.total).toMatchObject({ own: { faults: 4 }, calls: { faults: 0 } });
    expect(walk?.sites.map(({ offset, own, calls }) => [offset, own.faults, calls.faults])).toEqual([
      [0x110, 0, 4],
      [0x124, 4, 0],
    ]);
  });

  it('keeps files apart, the heaviest first, and knows no place without a file', () => {
    const all = functionSites(
      recordingOf([
        [[4], 1, 10],
        [[1], 1, 20],
        [[5], 1, 30],
      ]),
      'walk',
    );
    expect(all.map(({ binary, sites }) => [binary, sites.length])).toEqual([
      ['[kernel]', 0],
      ['/bin/a', 1],
      ['/lib/b', 1],
    ]);
    expect(functionSites(recordingOf([[[1], 1, 20]]), 'wal')).toEqual([]);
  });
});

describe('charging', () => {
  const charge = (faults: number, stallNs: number) => ({
    own: { faults, stallNs },
    calls: { faults: 0, stallNs: 0 },
    byCause: [{ cause: 'first-touch' as const, faults, stallNs }],
  });
  const code = (address: number, line: number | null): Instruction => ({
    address,
    text: `at ${address}`,
    source: line === null ? null : { path: '/a.c', line },
  });
  const CODE = [code(0x10, 7), code(0x14, 7), code(0x18, 9), code(0x1c, null)];

  it('charges the instruction that holds the address, and the line of each', () => {
    const charged = chargeInstructions(CODE, [
      { address: 0x10, ...charge(1, 10) },
      { address: 0x16, ...charge(2, 20) },
      { address: 0x17, ...charge(4, 40) },
    ]);
    expect(charged.map((one) => one.charge?.own.stallNs ?? null)).toEqual([10, 60, null, null]);
    expect(chargeLines(charged)).toEqual([{ path: '/a.c', line: 7, charge: charge(7, 70) }]);
  });

  it('loses no site that lies in no instruction', () => {
    const sites = [2, 0x1c, 0x400].map((address) => ({ address, ...charge(1, 1) }));
    const charged = chargeInstructions(CODE, sites);
    expect(charged.filter((one) => one.charge !== null).map((one) => [one.address, one.text])).toEqual([
      [2, null],
      [0x1c, 'at 28'],
      [0x400, null],
    ]);
    expect(chargeInstructions([], sites).map((one) => one.address)).toEqual([2, 0x1c, 0x400]);
  });
});
