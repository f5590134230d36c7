/**
 * The tool is killed (SIGKILL) at points all over `pin` and `undo`; whatever it left behind, `undo --stale` puts every
 * thread back. Half of the kills are spread over the whole run, half fall into the few milliseconds after the journal
 * was first written, where threads are being changed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, type FSWatcher, mkdirSync, mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/app/clock.ts';
import { openLiveHost } from '../../src/app/open-host.ts';
import { listChanges, undoOne, undoStale } from '../../src/app/undo-changes.ts';
import { openWorkshop, type Workshop } from '../../src/app/workshop.ts';
import { CpuSet } from '../../src/base/cpu-set.ts';
import { getAffinity, setAffinity } from '../../src/native/affinity.ts';

const ROUNDS = 200;
const SEED = Number(process.env.KEEL_TEST_SEED ?? 1);
const program = join(import.meta.dirname, '../../dist/keel.js');
const allowed = getAffinity(0);

let folder: string;
let target: ChildProcess;
let workshop: Workshop;

/** mulberry32: the same points for the same seed. */
let state = SEED;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

function tids(): readonly number[] {
  return readdirSync(`/proc/${target.pid}/task`).map(Number);
}

function masks(): Readonly<Record<number, string>> {
  return Object.fromEntries(tids().map((tid) => [tid, getAffinity(tid).toString()]));
}

function keel(...line: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...line], {
    stdio: 'ignore',
    env: { ...process.env, XDG_STATE_HOME: folder },
  });
}

beforeAll(async () => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'keel-faults-'));
  mkdirSync(join(folder, 'evenkeel'), { mode: 0o700 });
  target = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log()'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(target.stdout as NonNullable<typeof target.stdout>, 'data');
  workshop = openWorkshop(openLiveHost(), {
    clock: systemClock,
    signal: new AbortController().signal,
    env: { XDG_STATE_HOME: folder },
  });
  // Every second thread may run on one CPU only, and not all on the same.
  tids().forEach((tid, i) => {
    if (i % 2 === 1) setAffinity(tid, CpuSet.of(allowed.ids()[(i >> 1) % allowed.size] as number));
  });
});
afterAll(() => {
  target.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const PHASES = ['pin planned', 'pin applied', 'undo applied', 'undo undoing', 'undo undone'];

/** How long a whole run takes here, in milliseconds. */
async function measure(...line: readonly string[]): Promise<number> {
  const began = performance.now();
  await once(keel(...line), 'exit');
  return performance.now() - began;
}

/** Most of a run is the start of Node.js, where nothing can go wrong: kills fall behind half of it, and a little later. */
const FIRST_RATIO = 0.5;
const LAST_RATIO = 1.1;

/**
 * Kills after a while, or a moment after its own file of the journal changed.
 * @param wholeMs how long this command usually takes
 */
async function killSomewhere(child: ChildProcess, file: string, wholeMs: number): Promise<void> {
  const ended = once(child, 'exit');
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  if (random() < 0.5) {
    const afterMs = (FIRST_RATIO + random() * (LAST_RATIO - FIRST_RATIO)) * wholeMs;
    timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  } else {
    const laterMs = random() * 8;
    watcher = watch(join(folder, 'evenkeel'), (_, name) => {
      if (name !== file) return;
      const until = performance.now() + laterMs;
      while (performance.now() < until);
      child.kill('SIGKILL');
    });
  }
  await ended;
  watcher?.close();
  clearTimeout(timer);
}

describe.skipIf(allowed.size < 2)('killed anywhere (needs two CPUs)', () => {
  it(`${ROUNDS} times or more, every mask of every thread is as before (seed ${SEED})`, async () => {
    const before = masks();
    expect(new Set(Object.values(before)).size).toBeGreaterThan(1);
    const pinMs = await measure('pin', String(target.pid), String(allowed.last), '--yes');
    const undoMs = await measure('undo');
    let last = 1;
    const found: Record<string, number> = {};
    const missed = () => PHASES.filter((phase) => found[phase] === undefined);
    // Where in a run a kill falls is chance; the rarest phase may need more rounds.
    for (let round = 0; round < ROUNDS || (missed().length > 0 && round < 3 * ROUNDS); round += 1) {
      const cpu = allowed.ids()[round % allowed.size] as number;
      const pin = keel('pin', String(target.pid), String(cpu), '--yes');
      if (round % 2 === 0) await killSomewhere(pin, `c-${last + 1}.jsonl`, pinMs);
      else {
        await once(pin, 'exit');
        await killSomewhere(keel('undo'), `c-${last + 1}.jsonl`, undoMs);
      }
      const change = (await listChanges(workshop)).changes.at(-1)?.change;
      last = Number(change?.id.slice(2));
      const phase = `${round % 2 === 0 ? 'pin' : 'undo'} ${change?.state}`;
      found[phase] = (found[phase] ?? 0) + 1;
      await undoStale(workshop);
      // A change that was finished before the kill is no leftover; it is undone like any other.
      for (const one of (await listChanges(workshop)).changes) {
        if (one.isActive) {
          expect(one.change.state).toBe('applied');
          await undoOne(workshop, one.change.id, 'refuse');
        }
      }
      expect(masks(), `round ${round}, ${phase}`).toEqual(before);
    }
    // The kills did fall into every phase; otherwise this shows nothing.
    console.log(found);
    expect(missed()).toEqual([]);
  });
});
