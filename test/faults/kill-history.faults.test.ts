/** A writer of the history is killed (SIGKILL) in the middle of its work, again and again: what it committed is there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HistoryReader } from '../../src/history/reader.ts';
import { openDatabase } from '../../src/history/sqlite.ts';
import { SeededRandom } from '../../src/stats/random.ts';

const ROUNDS = Number(process.env.KEEL_TEST_ROUNDS ?? 50);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-kill-history-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Lets one write for a while, kills it, and answers what it said was committed last. */
async function writtenUntilKilled(path: string, first: number, ms: number) {
  const script = join(import.meta.dirname, 'endless-history.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, ms));
  child.kill('SIGKILL');
  await once(child, 'close');
  const [recording = 0, at = 0] = (said.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { recording, at };
}

it(`loses nothing that was committed in ${ROUNDS} kills`, async () => {
  const path = join(folder, 'history.db');
  const random = new SeededRandom(Number(process.env.KEEL_TEST_SEED ?? 1));
  let first = 1;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { recording, at } = await writtenUntilKilled(path, first, random.below(120));
    const reader = new HistoryReader(path);
    const frames = [...reader.frames(recording)].map((frame) => Number(frame.monotonicNs / 1_000_000_000n));
    reader.close();
    // One more may have been committed before it was said.
    expect([at, at + 1]).toContain(frames.at(-1));
    expect(frames).toEqual(Array.from({ length: frames.length }, (_, i) => first + i));
    first = at + 10;
  }
  const database = openDatabase(path, false);
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  database.close();
});
