import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ChecklistFacts, Status } from '../checklist-item.ts';
import { DENIED, stallsOf, windowOf } from '../testing/windows.ts';
import { CHECKLIST } from './index.ts';

const target = { processes: [{ tgid: 10 }], target: new Set([10]) };
const GIB = 2 ** 30;
/** A machine on which all is as it should be. */
const good: ChecklistFacts = {
  window: windowOf({
    ...target,
    stalls: stallsOf({ 'first-touch': { stallNs: 1e8, faults: 10 } }, { refaultRatio: 1 }),
  }),
  memTotalBytes: 8 * GIB,
  swaps: [{ name: '/dev/zram0', sizeBytes: GIB, usedBytes: 0 }],
  zswap: false,
  nodes: 2,
  agent: true,
  process: { rssBytes: 4096, lockSoftBytes: 8192n, memoryNodes: 1, isExempt: false },
};

function statusOf(id: string, facts: Partial<ChecklistFacts>): Status | undefined {
  return CHECKLIST.find((item) => item.id === id)?.check({ ...good, ...facts }).status;
}

it('holds each file of the folder, by its name', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !/(^index|\.test)\.ts$/.test(name));
  expect(CHECKLIST.map((item) => `${item.id}.ts`).sort()).toEqual(files.sort());
});

const FAILS: readonly (readonly [string, Partial<ChecklistFacts>])[] = [
  ['faults-tracked', { agent: false }],
  ['alerts', { agent: false }],
  ['swap-size', { swaps: [] }],
  ['swap-size', { swaps: [{ name: '/swap', sizeBytes: 100, usedBytes: 80 }] }],
  ['swap-traffic', { window: windowOf({ ...target, vmstat: { pswpin: 900 } }) }],
  ['lock-limit', { process: { rssBytes: 9000, lockSoftBytes: 8192n, memoryNodes: 1, isExempt: false } }],
  ['numa-binding', { process: { rssBytes: 1, lockSoftBytes: 8192n, memoryNodes: 2, isExempt: false } }],
  ['compression', { swaps: [{ name: '/dev/sda2', sizeBytes: GIB, usedBytes: 0 }] }],
  ['compression', { swaps: [], zswap: true }],
];

const UNKNOWN: readonly (readonly [string, Partial<ChecklistFacts>])[] = [
  ['faults-tracked', { agent: DENIED }],
  ['alerts', { agent: DENIED }],
  ['access-pattern', { window: windowOf({ ...target, stalls: DENIED }) }],
  ['access-pattern', { window: windowOf() }],
  ['swap-size', { swaps: DENIED }],
  ['swap-traffic', { window: windowOf({ vmstat: DENIED }) }],
  ['lock-limit', { process: DENIED }],
  ['numa-binding', { process: DENIED }],
  ['compression', { swaps: DENIED }],
];

describe('the checklist', () => {
  it('passes where all is as it should be, and says what it found in both languages', () => {
    for (const item of CHECKLIST) {
      const { status, found, advice } = item.check(good);
      expect([item.id, status, advice]).toEqual([item.id, 'pass', null]);
      for (const text of [item.question, found]) expect(text.ko).toMatch(/\p{Script=Hangul}|zswap/u);
    }
  });

  it.each(FAILS)('%s fails', (id, facts) => {
    const item = CHECKLIST.find((one) => one.id === id);
    expect(statusOf(id, facts)).toBe('fail');
    expect(item?.check({ ...good, ...facts }).advice).not.toBeNull();
  });

  it.each(UNKNOWN)('%s is unknown where it cannot look', (id, facts) => {
    expect(statusOf(id, facts)).toBe('unknown');
  });

  it('has nothing to bind on one node, and nothing to limit without a limit', () => {
    expect(statusOf('numa-binding', { nodes: 1, process: DENIED })).toBe('pass');
    expect(
      statusOf('lock-limit', {
        process: { rssBytes: 1, lockSoftBytes: 'unlimited', memoryNodes: 1, isExempt: false },
      }),
    ).toBe('pass');
    expect(
      statusOf('lock-limit', {
        process: { rssBytes: 9000, lockSoftBytes: 8192n, memoryNodes: 1, isExempt: true },
      }),
    ).toBe('pass');
  });
});
