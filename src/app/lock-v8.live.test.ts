/**
 * A Node program whose memory is locked goes on collecting and ending isolates, which gives pages back. Locked as a whole
 * it ended with "Check failed: 0 == ret" at the next isolate that ended (Node 20.20, Linux 6.18).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { machine, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { isMissing } from '../base/missing.ts';
import type { LockRequest } from '../model/lock-price.ts';
import { systemClock } from './clock.ts';
import { findTargets } from './find-targets.ts';
import { lockMemory } from './lock-memory.ts';
import { openLiveHost } from './open-host.ts';
import { type LockPlan, planLock } from './plan-lock.ts';
import { undoOne } from './undo-changes.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const isRoot = process.geteuid?.() === 0;
const CURRENT: LockRequest = { future: false, onFault: false, only: null, force: false };

/** A line for each isolate that has filled its heap, collected it, and ended. */
const PROGRAM = `
const { Worker } = require('node:worker_threads');
const work = 'let kept = []; for (let i = 0; i < 200000; i++) kept.push({ i, b: [i] }); kept = null; globalThis.gc();';
let ended = 0;
const next = () => new Worker(work, { eval: true }).on('exit', () => { console.log(++ended); gc(); next(); });
next();
`;

let folder: string;
let workshop: Workshop;
let child: ChildProcess;
let lines: AsyncIterator<string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keel-lock-v8-'));
  const env = { XDG_STATE_HOME: folder };
  workshop = openWorkshop(openLiveHost(), { clock: systemClock, signal: new AbortController().signal, env });
  const program = spawn(process.execPath, ['--expose-gc', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child = program;
  lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  await isolates(1);
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Waits for so many more isolates to end. @returns how many did before the program itself ended */
async function isolates(wanted: number): Promise<number> {
  for (let seen = 0; seen < wanted; seen += 1) if ((await lines.next()).done) return seen;
  return wanted;
}

function plan(request: LockRequest): LockPlan {
  const [target] = findTargets(workshop.host, String(child.pid), { all: false, command: 'lock' });
  if (target === undefined) throw new Error('it has ended');
  const planned = planLock(workshop, { ...request, raiseLimit: false, target });
  if (isMissing(planned)) throw new Error(`missing: ${planned.missing}`);
  return planned;
}

function codeOf(request: LockRequest): string {
  try {
    plan(request);
    return 'no error';
  } catch (error) {
    return error instanceof KeelError ? error.code : String(error);
  }
}

describe.skipIf(!isRoot || machine() !== 'x86_64')(
  'keel lock on a program that runs V8 (needs root and x86-64)',
  () => {
    it('leaves out what V8 gives back, and the program lives', async () => {
      const planned = plan(CURRENT);
      expect(planned.price.v8Bytes).toBeGreaterThan(0);
      const { now } = await lockMemory(workshop, planned, 'lock', null);
      expect(now.lockedBytes).toBeGreaterThan(0);
      // Some of them had ended already, and were not read.
      expect(await isolates(20)).toBe(20);
      expect((await undoOne(workshop, 'c-1', 'refuse')).outcome).toBe('undone');
      expect(await isolates(5)).toBe(5);
    });

    it('refuses by name, and for what comes later, unless forced', () => {
      const unnamed = { ...CURRENT, only: [{ range: { address: 0, bytes: 2 ** 47 } }] };
      expect(codeOf(unnamed)).toBe('E_CONFLICT');
      expect(codeOf({ ...unnamed, force: true })).toBe('no error');
      expect(codeOf({ ...CURRENT, future: true })).toBe('E_CONFLICT');
      expect(codeOf({ ...CURRENT, future: true, force: true })).toBe('no error');
      expect(codeOf({ ...CURRENT, only: [{ name: 'heap' }] })).toBe('no error');
    });
  },
);
