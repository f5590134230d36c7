import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogHistogram } from '../../stats/log-histogram.ts';
import { FaultCollector } from './collector.ts';
import type { ExplainedFault } from './explained-fault.ts';
import { BATCH_FAULTS } from './fault-batch.ts';
import { homeNode, isRemoteHome, UNKNOWN_HOME } from './page-nodes.ts';
import type { Share } from './tallies.ts';
import { type AnyFault, anyFault } from './testing/any-fault.ts';

/** The same by the plainest way: a list of faults for each key. */
function shareOf(faults: readonly ExplainedFault[]): Share {
  const latencies = new LogHistogram();
  for (const fault of faults) latencies.add(fault.latencyNs);
  const major = faults.filter((fault) => fault.kind === 'major').length;
  return {
    faults: faults.length,
    minor: faults.length - major,
    major,
    stallNs: faults.reduce((sum, fault) => sum + fault.latencyNs, 0),
    p50Ns: latencies.quantile(0.5) ?? 0,
    p99Ns: latencies.quantile(0.99) ?? 0,
    maxNs: Math.max(0, ...faults.map((fault) => fault.latencyNs)),
  };
}

function sharesBy<Key extends object>(
  faults: readonly ExplainedFault[],
  keyOf: (fault: ExplainedFault) => Key,
): (Key & Share)[] {
  const groups = new Map<string, ExplainedFault[]>();
  for (const fault of faults) {
    const key = JSON.stringify(keyOf(fault));
    groups.set(key, [...(groups.get(key) ?? []), fault]);
  }
  return [...groups].map(([key, group]) => ({ ...(JSON.parse(key) as Key), ...shareOf(group) }));
}

function collected(made: readonly AnyFault[]) {
  const collector = new FaultCollector();
  const faults = made.map((fault) => fault(collector.tables.places));
  for (const fault of faults) collector.add(fault);
  return { collector, faults };
}

/** Rows of one stall come in any order. */
const inOrder = <T>(rows: readonly T[]) => rows.map((row) => JSON.stringify(row)).sort();

describe('FaultCollector', () => {
  it('says what the plainest fold over the faults says', () => {
    fc.assert(
      fc.property(fc.array(anyFault, { maxLength: 60 }), (made) => {
        const { collector, faults } = collected(made);
        const summary = collector.summary();
        expect(summary.total).toEqual(shareOf(faults));
        const lists = [
          [summary.byCause, sharesBy(faults, ({ cause }) => ({ cause }))],
          [summary.byMapping, sharesBy(faults, ({ place: { kind, path } }) => ({ kind, path }))],
          [summary.byThread, sharesBy(faults, ({ tgid, tid }) => ({ tgid, tid }))],
          [summary.byCpu, sharesBy(faults, ({ cpu }) => ({ cpu }))],
        ] as const;
        for (const [rows, plain] of lists) {
          expect(inOrder<object>(rows)).toEqual(inOrder<object>(plain));
          const stalls = rows.map((row) => row.stallNs);
          expect(stalls).toEqual([...stalls].sort((a, b) => b - a));
        }
        const pages = new Set(faults.map(({ tgid, address }) => `${tgid} ${Math.floor(address / 4096)}`));
        expect(summary.refaultRatio).toBe(pages.size === 0 ? null : faults.length / pages.size);
      }),
    );
  });

  it('counts by node the faults whose node is known, and which of them crossed', () => {
    fc.assert(
      fc.property(fc.array(anyFault, { maxLength: 60 }), (made) => {
        const { collector, faults } = collected(made);
        const known = faults.filter(({ home }) => home !== UNKNOWN_HOME);
        const plain = sharesBy(known, ({ home }) => ({ node: homeNode(home) })).map((share) => {
          const far = known.filter(({ home }) => homeNode(home) === share.node && isRemoteHome(home));
          const remoteStallNs = far.reduce((sum, fault) => sum + fault.latencyNs, 0);
          return { ...share, remoteFaults: far.length, remoteStallNs };
        });
        const { byNode } = collector.summary();
        expect(inOrder(byNode)).toEqual(inOrder(plain));
        const nodes = byNode.map(({ node }) => node);
        expect(nodes).toEqual([...nodes].sort((a, b) => a - b));
      }),
    );
  });

  it('weighs each stack and cause as the plainest fold does', () => {
    fc.assert(
      fc.property(fc.array(anyFault, { maxLength: 60 }), (made) => {
        const { collector, faults } = collected(made);
        const plain = sharesBy(faults, ({ stack, cause }) => ({ stack, cause }));
        expect(collector.weights()).toEqual(
          plain.map(({ stack, cause, faults: count, stallNs }) => ({ stack, cause, faults: count, stallNs })),
        );
      }),
    );
  });

  it('gives every fault on once, in full batches and what is left', () => {
    const lengths: number[] = [];
    const collector = new FaultCollector((batch) => lengths.push(batch.length));
    const [fault] = fc.sample(anyFault, 1) as [AnyFault];
    for (let i = 0; i < 2 * BATCH_FAULTS + 5; i += 1) collector.add(fault(collector.tables.places));
    expect(lengths).toEqual([BATCH_FAULTS, BATCH_FAULTS]);
    expect(collector.summary().total.faults).toBe(2 * BATCH_FAULTS + 5);
    expect(lengths).toEqual([BATCH_FAULTS, BATCH_FAULTS, 5]);
  });

  it('keeps apart only so many threads, and counts the others together', () => {
    const collector = new FaultCollector();
    const [fault] = fc.sample(anyFault, 1) as [AnyFault];
    const one = fault(collector.tables.places);
    for (let tid = 1; tid <= 12_000; tid += 1) collector.add({ ...one, tid });
    const { byThread } = collector.summary();
    expect(byThread).toHaveLength(10_000);
    expect(byThread[0]).toMatchObject({ tgid: 0, tid: 0, faults: 2001 });
  });
});
