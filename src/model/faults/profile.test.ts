import { describe, expect, it } from 'vitest';
import { NO_STACK } from '../stacks/stack-table.ts';
import { FaultCollector } from './collector.ts';
import type { ExplainedFault } from './explained-fault.ts';
import { NOWHERE } from './places.ts';
import { profileOf } from './profile.ts';

const fault = (stack: number, latencyNs: number): ExplainedFault => ({
  kind: 'minor',
  tgid: 1,
  tid: 1,
  cpu: 0,
  timeNs: 0,
  latencyNs,
  address: 0,
  pageBytes: 4096,
  place: NOWHERE,
  fileOffset: null,
  cause: 'first-touch',
  stack,
});

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
      collector.add(fault(stack, latencyNs));
    const {
      labels,
      stacks: folded,
      weights,
      stallNs,
    } = profileOf({
      elapsedNs: 1e9,
      counted: { entry: 4n, minor: 4n, major: 0n },
      lost: 0,
      unpaired: 0,
      addressMismatches: 0,
      userOnly: false,
      obtainedBy: 'ring',
      callchains: false,
      ownCpuNs: 0,
      program: null,
      summary: collector.summary(),
      stacks,
      weights: collector.weights(),
      names: [
        { function: null, binary: '[unknown]', offset: null },
        { function: 'tick\u001b[2J', binary: '/bin/a', offset: 1 },
        { function: 'tick\u001b[2J', binary: '/bin/a', offset: 2 },
        { function: null, binary: '/bin/a', offset: 3 },
      ],
      unread: [],
      builds: [],
      cut: false,
    });
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
