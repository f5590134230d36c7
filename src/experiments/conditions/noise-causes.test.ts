import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NoisePiece, NoisePieces, NoiseTaker } from '../experiment.ts';
import type { Gaps } from '../kernels/gaps.ts';
import { chargeGaps } from './noise-causes.ts';

const BASE_NS = 10_000n;
const hog: NoiseTaker = { kind: 'task', name: 'hog', tid: 7 };
const twin: NoiseTaker = { kind: 'task', name: 'hog', tid: 8 };
const timer: NoiseTaker = { kind: 'interrupt', name: 'local timer', tid: null };

/** The first look is 1000 ns after the base. */
function gapsOf(...told: readonly (readonly [sinceNs: number, lastedNs: number])[]): Gaps {
  return { beganNs: BASE_NS + 1000n, told: Float64Array.from(told.flat()) } as Gaps;
}

/** Times from the first look on. */
function piecesOf(...list: readonly (readonly [NoiseTaker, number, number])[]): NoisePieces {
  const pieces = list.map(
    ([taker, sinceNs, lastedNs]): NoisePiece => ({ taker, sinceNs: sinceNs + 1000, lastedNs }),
  );
  return { baseNs: BASE_NS, pieces, lost: 0 };
}

describe('the gaps of a busy thread', () => {
  it('are charged to who had the CPU in them, and only for the time within', () => {
    const pieces = piecesOf(
      [timer, 95, 10],
      [hog, 105, 45],
      [timer, 150, 10],
      [hog, 160, 100],
      [timer, 500, 5],
    );
    const charged = chargeGaps(gapsOf([100, 150], [498, 10]), pieces, 5);
    expect(charged.causes).toEqual([
      { kind: 'task', name: 'hog', tids: [7], takenNs: 135, gaps: 1, longestNs: 135 },
      { kind: 'interrupt', name: 'local timer', tids: [], takenNs: 20, gaps: 2, longestNs: 15 },
    ]);
    expect(charged).toMatchObject({ toldNs: 160, unexplainedNs: 5 });
    expect(charged.longest[0]).toEqual({
      sinceNs: 100,
      lastedNs: 150,
      parts: [
        { taker: hog, takenNs: 135 },
        { taker: timer, takenNs: 15 },
      ],
      unexplainedNs: 0,
    });
  });

  it('know one cause in tasks of one name', () => {
    const charged = chargeGaps(gapsOf([0, 10], [20, 10]), piecesOf([twin, 0, 10], [hog, 20, 10]), 1);
    expect(charged.causes).toEqual([
      { kind: 'task', name: 'hog', tids: [7, 8], takenNs: 20, gaps: 2, longestNs: 10 },
    ]);
  });

  it('may begin before the first piece, span pieces of other gaps, and come without any', () => {
    const spanning = piecesOf([hog, -500, 2000]);
    expect(chargeGaps(gapsOf([100, 50], [300, 50]), spanning, 5)).toMatchObject({
      unexplainedNs: 0,
      toldNs: 100,
    });
    expect(chargeGaps(gapsOf([100, 50]), piecesOf(), 5)).toMatchObject({ causes: [], unexplainedNs: 50 });
    expect(chargeGaps(gapsOf(), spanning, 5)).toEqual({
      causes: [],
      toldNs: 0,
      unexplainedNs: 0,
      longest: [],
    });
  });

  it('are told longest first, as many as asked for, also of very many', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => [i * 100, 1 + (i % 97)] as const);
    const { longest } = chargeGaps(gapsOf(...many), piecesOf(), 3);
    expect(longest.map(({ lastedNs }) => lastedNs)).toEqual([97, 97, 97]);
  });

  it('sum to their length, whatever comes', () => {
    const spans = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 80 })), { maxLength: 40 });
    const laid = (list: readonly (readonly [number, number])[]) => {
      let at = 0;
      return list.map(([apart, lasted]) => {
        const since = at + apart;
        at = since + lasted;
        return [since, lasted] as const;
      });
    };
    fc.assert(
      fc.property(
        spans,
        spans,
        fc.array(fc.constantFrom(hog, twin, timer), { minLength: 40 }),
        (a, b, who) => {
          const gaps = laid(a);
          const pieces = laid(b).map(([since, lasted], i) => [who[i] ?? hog, since, lasted] as const);
          const charged = chargeGaps(gapsOf(...gaps), piecesOf(...pieces), 100);
          const takenNs = charged.causes.reduce((sum, one) => sum + one.takenNs, 0);
          expect(takenNs + charged.unexplainedNs).toBe(charged.toldNs);
          // The same by brute force, nanosecond by nanosecond.
          const isTaken = (ns: number) =>
            pieces.some(([, since, lasted]) => ns >= since && ns < since + lasted);
          const free = gaps.flatMap(([since, lasted]) =>
            Array.from({ length: lasted }, (_, i) => since + i).filter((ns) => !isTaken(ns)),
          );
          expect(charged.unexplainedNs).toBe(free.length);
          for (const { lastedNs, parts, unexplainedNs } of charged.longest)
            expect(parts.reduce((sum, one) => sum + one.takenNs, unexplainedNs)).toBe(lastedNs);
        },
      ),
      { numRuns: 60 },
    );
  });
});
