/** `pin` on a process that makes a thousand threads a second: none is left where it was. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wishAffinity } from '../actions/settings/affinity.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { getAffinity } from '../native/affinity.ts';
import { KernelError } from '../native/libc.ts';
import { applyChange } from './apply-change.ts';
import { systemClock } from './clock.ts';
import { findTargets } from './find-targets.ts';
import { openLiveHost } from './open-host.ts';
import { undoOne } from './undo-changes.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/** Ten threads make a hundred a second each; every child makes one of its own before it ends. */
const SPAWNER = `
import threading, time
made = 0
def start(target):
    global made
    made += 1
    threading.Thread(target=target, daemon=True).start()
def leaf():
    time.sleep(0.005)
def child():
    time.sleep(0.005)
    start(leaf)
def parent():
    while True:
        start(child)
        time.sleep(0.015)
for _ in range(10):
    start(parent)
while True:
    time.sleep(0.2)
    print(made, flush=True)
`;

const allowed = getAffinity(0);
const lacks =
  spawnSync('python3', ['-c', '']).status !== 0 ? 'no python3' : allowed.size < 2 ? 'one CPU only' : null;

let spawner: ChildProcess;
let folder: string;
let workshop: Workshop;
let made = 0;

beforeAll(async () => {
  if (lacks !== null) return;
  spawner = spawn('python3', ['-u', '-c', SPAWNER], { stdio: ['ignore', 'pipe', 'inherit'] });
  spawner.stdout?.on('data', (text) => {
    made = Number(String(text).trim().split('\n').at(-1));
  });
  await once(spawner.stdout as NonNullable<typeof spawner.stdout>, 'data');
  folder = mkdtempSync(join(tmpdir(), 'keel-spawner-'));
  workshop = openWorkshop(openLiveHost(), {
    clock: systemClock,
    signal: new AbortController().signal,
    env: { XDG_STATE_HOME: folder },
  });
});
afterAll(() => {
  if (lacks !== null) return;
  spawner.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** The masks of all threads that are there now, each with how many have it. */
function masks(): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const name of readdirSync(`/proc/${spawner.pid}/task`)) {
    try {
      const mask = getAffinity(Number(name)).toString();
      found[mask] = (found[mask] ?? 0) + 1;
    } catch (error) {
      if (!(error instanceof KernelError && error.errnoName === 'ESRCH')) throw error;
    }
  }
  return found;
}

describe.skipIf(lacks !== null)(`a process that multiplies${lacks === null ? '' : ` (${lacks})`}`, () => {
  it('is pinned whole and set free whole, again and again', async () => {
    const [target] = findTargets(workshop.host, String(spawner.pid), { all: false, command: 'pin' });
    if (target === undefined) throw new Error('the spawner has ended');
    const cpus = CpuSet.of(allowed.last as number);
    for (let round = 0; round < 5; round += 1) {
      const { change, mismatches } = await applyChange(workshop, {
        targets: [{ ...target, meant: () => true }],
        wishes: [wishAffinity(cpus)],
        migrations: [],
        command: 'pin',
        endsAfterNs: null,
      });
      expect(mismatches).toEqual([]);
      expect(Object.keys(masks())).toEqual([cpus.toString()]);
      await undoOne(workshop, change?.id ?? '', 'refuse');
      expect(Object.keys(masks())).toEqual([allowed.toString()]);
    }
    await once(spawner.stdout as NonNullable<typeof spawner.stdout>, 'data');
    expect(made).toBeGreaterThan(100);
    console.log(`${made} threads were made meanwhile`);
  });
});
