import { describe, expect, it } from 'vitest';
import { NO_STACK } from '../stacks/stack-table.ts';
import { FaultCollector } from './collector.ts';
import { profileOf } from './profile.ts';
import { FIRST_TOUCH, recordingOf } from './testing/made-recording.ts';

describe('profileOf', () => {
  it('makes one of the places of a function, and keeps code without names and without place', () => {
    const collector = new FaultCollector();
    const { frames, stacks } = collector.tables;
    const image = frames.image({ path: '/bin/a', file: null, tgid: 1 }) ?? 0;
    const at = (offset: number) => stacks.push(NO_STACK, frames.inImage(image, offset));
    for (const [stack, latencyNs] of [
      [at(1), 10],
      [at(2), 20],
      [at(3), 40],
      [NO_STACK, 80],
    ] as const)
      collector.add({ ...FIRST_TOUCH, stack, latencyNs });
    const {
      labels,
      stacks: folded,
      weights,
      stallNs,
    } = profileOf(
      recordingOf(collector, [
        { function: null, binary: '[unknown]', offset: null },
        { function: 'tick\u001b[2J', binary: '/bin/a', offset: 1 },
        { function: 'tick\u001b[2J', binary: '/bin/a', offset: 2 },
        { function: null, binary: '/bin/a', offset: 3 },
      ]),
    );
    const rows = weights.map((one) => [
      folded.framesOf(one.stack).map((label) => labels[label]?.name),
      one.faults,
      one.stallNs,
    ]);
    expect(rows).toEqual([
      [['tick\\x1b[2J'], 2, 30],
      [['a+0x3'], 1, 40],
      [['[unknown]'], 1, 80],
    ]);
    expect(stallNs).toBe(150);
  });
});
