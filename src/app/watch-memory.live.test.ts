/** What is measured about memory in a window, against programs that do it: each is held by what it is for, and by nothing else. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { ratioIn } from '../model/waits/sampled-waits.ts';
import { systemClock } from './clock.ts';
import { openLiveHost } from './open-host.ts';
import { startMemoryWatch } from './watch-memory.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/memory_scenarios.py');
const WINDOW_NS = 1.5e9;
const hasPython = spawnSync('python3', ['-c', '']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'keel-waits-'));
let child: ChildProcess | null = null;

afterEach(async () => {
  if (child !== null && child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

async function watched(way: string) {
  const program = spawn('python3', [PROGRAM, way, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = program;
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  await lines.next();
  program.stdin.write('go\n');
  await lines.next();
  const tgid = program.pid as number;
  const watch = startMemoryWatch(openLiveHost(), systemClock, [tgid]);
  const beganNs = systemClock.monotonicNs();
  await systemClock.sleep(WINDOW_NS);
  const { waits, memoryWork } = await watch.finish();
  const elapsedNs = Number(systemClock.monotonicNs() - beganNs);
  return { tgid, waits, memoryWork, elapsedNs };
}

it('times the waits for the lock of a memory map, as the stacks show them', async ({ skip }) => {
  if (!hasPython) return skip('no python3');
  const { tgid, waits, memoryWork, elapsedNs } = await watched('shared-map');
  if (memoryWork === null || isMissing(memoryWork)) return skip(`no BPF here: ${memoryWork?.detail}`);
  const work = memoryWork.get(tgid);
  if (work?.mapLock === null || work === undefined)
    return skip('this kernel has no tracepoints of mmap_lock');
  expect(work.mapLock.times).toBeGreaterThan(0);
  expect(work.mapLock.mostOfOneNs).toBeLessThanOrEqual(elapsedNs);
  expect(work.compaction?.times ?? 0).toBe(0);
  if (waits === null || isMissing(waits) || waits.obtainedBy !== 'stack') return;
  // Two ways of looking at one thing: what is timed is found by looking, too.
  const looked = Math.max(...waits.threads.map((thread) => ratioIn(thread, ['memory-map-lock'])));
  expect(looked).toBeGreaterThan(0);
  expect(Math.abs(looked - work.mapLock.mostOfOneNs / elapsedNs)).toBeLessThan(0.3);
});

it.each([
  ['sleeper', 'sleep'],
  ['listener', 'network'],
  ['quarrel', 'lock'],
] as const)('finds the threads of a %s where they wait, and in no memory', async (way, place) => {
  if (!hasPython) return;
  const { tgid, waits, memoryWork } = await watched(way);
  if (waits === null || isMissing(waits) || waits.obtainedBy !== 'stack') return;
  const worker = waits.threads.find((thread) => thread.tid !== tgid);
  expect(worker?.waiting[place] ?? 0).toBeGreaterThan((worker?.looks ?? 0) / 4);
  if (memoryWork === null || isMissing(memoryWork)) return;
  expect(memoryWork.get(tgid)).toMatchObject({ reclaim: { times: 0 }, groupReclaim: { times: 0 } });
});
