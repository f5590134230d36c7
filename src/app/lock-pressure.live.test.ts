/** What a lock is for: memory that is put out, or that its cgroup has too little of, and the faults that come of it. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { machine } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { MIB } from '../base/units.ts';
import { systemClock } from './clock.ts';
import { lockMemory } from './lock-memory.ts';
import { planLock } from './plan-lock.ts';
import { LockStage } from './testing/lock-stage.ts';
import { startLockTarget } from './testing/lock-target.ts';
import { hasPython } from './testing/python-program.ts';
import { planWarming, warmMemory } from './warm-memory.ts';
import type { Workshop } from './workshop.ts';

const isRoot = process.geteuid?.() === 0;
const SWAP_BYTES = 128 * MIB;
/** v1, because here as on many machines it has the controller where it is mounted. */
const GROUPS = '/sys/fs/cgroup/memory';
const hasGroups = existsSync(join(GROUPS, 'memory.limit_in_bytes'));

/** A swap file of our own for the time of the tests. */
const swapFolder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.keel-swap-'));
const swapFile = join(swapFolder, 'swap');
let hasSwap = false;

beforeAll(() => {
  if (!isRoot) return;
  writeFileSync(swapFile, Buffer.alloc(SWAP_BYTES), { mode: 0o600 });
  hasSwap = ['mkswap', 'swapon'].every((program) => spawnSync(program, [swapFile]).status === 0);
});
afterAll(() => {
  if (hasSwap) spawnSync('swapoff', [swapFile]);
  rmSync(swapFolder, { recursive: true });
});

let stage: LockStage;
let workshop: Workshop;

beforeEach(async () => {
  stage = await LockStage.open();
  workshop = stage.workshop;
});
afterEach(() => stage.close());

async function lock(): Promise<void> {
  const request = { future: false, onFault: false, only: null, force: false, raiseLimit: false };
  const plan = planLock(workshop, { ...request, target: stage.found() });
  if (isMissing(plan)) throw new Error(plan.missing);
  await lockMemory(workshop, plan, 'lock', null);
}

async function warm(): Promise<void> {
  const plan = planWarming(workshop.host, { target: stage.found(), wish: 'warm', only: null });
  if (isMissing(plan)) throw new Error(plan.missing);
  await warmMemory(workshop.host, systemClock, plan, new AbortController().signal);
}

const NEEDS = 'needs a swap file, and a memory controller of cgroup v1';

/** The target in a cgroup of its own; `putOut` gives the group 12 MiB less than it has, for a moment. */
async function inGroup(work: (putOut: () => void, group: string) => Promise<void>): Promise<void> {
  const group = join(GROUPS, `keel-test-${process.pid}`);
  const limit = join(group, 'memory.limit_in_bytes');
  mkdirSync(group);
  try {
    stage.target.end();
    stage.target = await startLockTarget(group);
    await work(() => {
      const used = Number(readFileSync(join(group, 'memory.usage_in_bytes'), 'utf8'));
      try {
        writeFileSync(limit, String(used - 12 * MIB));
      } catch {
        // EBUSY: what is locked cannot go, so it did not get so low.
      }
      writeFileSync(limit, '-1');
    }, group);
  } finally {
    const ended = once(stage.target.process, 'close');
    stage.target.end();
    await ended;
    rmdirSync(group);
  }
}

describe.skipIf(!hasPython || !isRoot || machine() !== 'x86_64')(
  'memory that is put out (needs root, python3 and x86-64)',
  () => {
    it('costs major faults, hardly any once it was warmed, and is not put out where it is locked', async ({
      skip,
    }) => {
      if (!hasSwap || !hasGroups) skip(NEEDS);
      await inGroup(async (putOut) => {
        putOut();
        expect(stage.target.statusBytes('VmSwap')).toBeGreaterThan(4 * MIB);
        const cold = Number(await stage.target.tell('touch'));
        expect(cold).toBeGreaterThan(100);
        putOut();
        await warm();
        // The kernel may let go of a few again: this is no lock.
        expect(Number(await stage.target.tell('touch'))).toBeLessThan(cold / 10);
        await lock();
        putOut();
        expect([stage.target.statusBytes('VmSwap'), await stage.target.tell('touch')]).toEqual([0, '0']);
      });
    });

    it('is not locked where its cgroup may not have so much of it', async ({ skip }) => {
      if (!hasGroups) skip(NEEDS);
      await inGroup(async (_, group) => {
        writeFileSync(join(group, 'memory.limit_in_bytes'), String(36 * MIB));
        await expect(lock()).rejects.toMatchObject({ code: 'E_CONFLICT' });
        await expect(lock()).rejects.toThrow(/its cgroup \/\S+ may use 36 MiB \(memory.limit_in_bytes\)/);
        expect(stage.target.statusBytes('VmLck')).toBe(0);
      });
    });

    it('of its neighbour is put out, where a cgroup has too little for both', async ({ skip }) => {
      if (!hasSwap || !hasGroups) skip(NEEDS);
      await inGroup(async (putOut, group) => {
        const other = await startLockTarget(group);
        try {
          await lock();
          putOut();
          expect([stage.target.statusBytes('VmSwap'), await stage.target.tell('touch')]).toEqual([0, '0']);
          expect(other.statusBytes('VmSwap')).toBeGreaterThan(4 * MIB);
          expect(Number(await other.tell('touch'))).toBeGreaterThan(0);
        } finally {
          const ended = once(other.process, 'close');
          other.end();
          await ended;
        }
      });
    });
  },
);
