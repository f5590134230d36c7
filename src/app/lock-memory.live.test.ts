/** Memory of a running process, locked from outside and given back exactly; compared with what the kernel says of it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { machine } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { isMissing } from '../base/missing.ts';
import { MIB } from '../base/units.ts';
import type { LockRequest } from '../model/lock-price.ts';
import { lockMemory } from './lock-memory.ts';
import { type LockPlan, planLock } from './plan-lock.ts';
import { LockStage } from './testing/lock-stage.ts';
import type { LockTarget } from './testing/lock-target.ts';
import { hasPython } from './testing/python-program.ts';
import { undoOne } from './undo-changes.ts';
import type { Workshop } from './workshop.ts';

const isRoot = process.geteuid?.() === 0;
const CURRENT: LockRequest = { future: false, onFault: false, only: null, force: false };

let stage: LockStage;
let workshop: Workshop;
let target: LockTarget;

beforeEach(async () => {
  stage = await LockStage.open();
  ({ workshop, target } = stage);
});
afterEach(() => stage.close());

function plan(request: LockRequest, raiseLimit = false): LockPlan {
  const planned = planLock(workshop, { ...request, raiseLimit, target: stage.found() });
  if (isMissing(planned)) throw new Error(`missing: ${planned.missing}`);
  return planned;
}

const lock = (request: LockRequest, raiseLimit = false) =>
  lockMemory(workshop, plan(request, raiseLimit), 'lock', null);

/** As the kernel shows it: ranges of locked mappings that are memory without a name. */
function lockedRanges(): readonly string[] {
  const parts = readFileSync(`/proc/${target.pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return parts.filter((part) => /^VmFlags:.* lo( |$)/m.test(part)).map((part) => part.split(' ')[0] ?? '');
}

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'no error';
  } catch (error) {
    return error instanceof KeelError ? error.code : String(error);
  }
}

describe.skipIf(!hasPython || !isRoot || machine() !== 'x86_64')(
  'keel lock on a running process (needs root, python3 and x86-64)',
  () => {
    it('locks what is mapped, brings it in, and leaves nothing locked when undone', async () => {
      const planned = plan(CURRENT);
      expect(planned.price.untouchedBytes).toBeGreaterThanOrEqual(16 * MIB);
      const { applied, now } = await lockMemory(workshop, planned, 'lock', null);
      expect(applied.stepMismatches).toEqual([]);
      expect(target.statusBytes('VmLck')).toBe(planned.price.addedBytes);
      expect(now.lockedBytes).toBe(planned.price.addedBytes);
      expect(now.pages).toMatchObject({ inaccessibleBytes: 0 });
      await undoOne(workshop, 'c-1', 'refuse');
      expect([target.statusBytes('VmLck'), lockedRanges()]).toEqual([0, []]);
    });

    it('leaves locked what the process had locked itself, and only that', async () => {
      expect(await target.tell(`mlock ${MIB}`)).toBe('0');
      const before = lockedRanges();
      const bytes = target.statusBytes('VmLck');
      await lock(CURRENT);
      expect(target.statusBytes('VmLck')).toBeGreaterThan(32 * MIB);
      await undoOne(workshop, 'c-1', 'refuse');
      expect([target.statusBytes('VmLck'), lockedRanges()]).toEqual([bytes, before]);
    });

    it('locks what is mapped later, until it is undone', async () => {
      await target.tell(`mlock ${MIB}`);
      const before = lockedRanges();
      await lock({ ...CURRENT, future: true });
      const between = target.statusBytes('VmLck');
      await target.tell(`map ${4 * MIB}`);
      expect(target.statusBytes('VmLck')).toBe(between + 4 * MIB);
      await undoOne(workshop, 'c-1', 'refuse');
      expect(lockedRanges()).toEqual(before);
      await target.tell(`map ${4 * MIB}`);
      expect(lockedRanges()).toEqual(before);
    });

    it('brings nothing in on fault', async () => {
      const { rssBytes } = plan(CURRENT);
      const { now } = await lock({ ...CURRENT, onFault: true });
      expect(plan(CURRENT).rssBytes).toBeLessThan(rssBytes + MIB);
      expect(target.statusBytes('VmLck')).toBeGreaterThan(32 * MIB);
      expect(now.pages).toMatchObject({ mappings: expect.any(Number) });
    });

    it('locks a range, in whole pages', async () => {
      const address = Number.parseInt(await target.tell('address'), 16);
      await lock({ ...CURRENT, only: [{ range: { address: address + 100, bytes: 5000 } }] });
      expect(target.statusBytes('VmLck')).toBe(8192);
    });

    it('is bound by the limit of the target, raises it where asked, and puts it back', async ({ skip }) => {
      const limits = () =>
        /Max locked memory\s+(\S+)\s+(\S+)/
          .exec(readFileSync(`/proc/${target.pid}/limits`, 'utf8'))
          ?.slice(1);
      const hard = limits()?.[1];
      if ((await target.tell(`limit ${MIB}`)) !== '0') skip('capabilities cannot be given up here');
      if (Number(hard) < 4 * MIB) skip(`its hard limit is ${hard}`);
      expect(await codeOf(() => plan(CURRENT))).toBe('E_CONFLICT');
      expect(target.statusBytes('VmLck')).toBe(0);
      const address = Number.parseInt(await target.tell('address'), 16);
      await lock({ ...CURRENT, only: [{ range: { address, bytes: 4 * MIB } }] }, true);
      expect([target.statusBytes('VmLck'), limits()]).toEqual([4 * MIB, [`${4 * MIB}`, hard]]);
      await undoOne(workshop, 'c-1', 'refuse');
      expect([target.statusBytes('VmLck'), limits()]).toEqual([0, [`${MIB}`, hard]]);
    });

    it('touches nobody who runs under seccomp', async ({ skip }) => {
      if ((await target.tell('seccomp')) !== '0') skip('no seccomp filters here');
      expect(await codeOf(() => plan(CURRENT))).toBe('E_CONFLICT');
    });

    it('touches nobody who is traced already', async ({ skip }) => {
      if (spawnSync('strace', ['-V']).status !== 0) skip('needs strace');
      const tracer = spawn('strace', ['-f', '-p', String(target.pid), '-o', '/dev/null'], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      try {
        await once(tracer.stderr, 'data');
        expect(await codeOf(() => plan(CURRENT))).toBe('E_CONFLICT');
      } finally {
        tracer.kill('SIGINT');
        await once(tracer, 'close');
      }
    });

    it('says that a process has ended, whenever it does', async () => {
      const planned = plan(CURRENT);
      target.end();
      await once(target.process, 'close');
      expect(await codeOf(() => lockMemory(workshop, planned, 'lock', null))).toBe('E_GONE');
    });

    it('has nothing to undo for a process that has ended since', async () => {
      await lock(CURRENT);
      target.end();
      await once(target.process, 'close');
      const { outcome } = await undoOne(workshop, 'c-1', 'refuse');
      expect(outcome).toBe('undone');
    });
  },
);
