/** A store in trouble: a disk that is full and has room again, and a file that is damaged while it is written. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HistoryReader } from '../history/reader.ts';
import { DEFAULT_LIMITS } from '../history/retention.ts';
import { watchFrame } from '../model/watch/testing/frames.ts';
import { HistoryKeeper, type KeeperNews } from './history-keeper.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-keeper-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function keeperAt(path: string) {
  const news: KeeperNews[] = [];
  let heard: (() => void) | null = null;
  const recording = { beganMs: 0, bootId: null, everyNs: 1e9, title: 'arena' };
  const keeper = await HistoryKeeper.open({ path, limits: DEFAULT_LIMITS, recording }, (one) => {
    news.push(one);
    heard?.();
  });
  if (!(keeper instanceof HistoryKeeper)) throw new Error(keeper.message);
  const until = async (kind: KeeperNews['kind']) => {
    while (news.every((one) => one.kind !== kind))
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
  };
  return { keeper, news, until };
}

function framesIn(path: string): number[] {
  const reader = new HistoryReader(path);
  const [recording] = reader.recordings();
  const found = [...reader.frames(recording?.id ?? 0)].map((one) => Number(one.monotonicNs / 1_000_000_000n));
  reader.close();
  return found;
}

describe('the keeper of a history', () => {
  it('writes every frame, in order', async () => {
    const path = join(folder, 'history.db');
    const { keeper, news } = await keeperAt(path);
    for (let at = 1; at <= 200; at += 1) keeper.add(watchFrame(at), []);
    expect(await keeper.close(1e12)).toBe(0);
    expect(news).toEqual([]);
    expect(framesIn(path)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });

  const lacks = process.geteuid?.() === 0 ? null : 'mounting a small disk needs root';
  it.skipIf(lacks !== null)(
    `waits while the disk is full, and loses nothing${lacks ? ` (skipped: ${lacks})` : ''}`,
    async () => {
      const disk = join(folder, 'disk');
      execFileSync('mkdir', [disk]);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'keel-test', disk]);
      try {
        const path = join(disk, 'history.db');
        const { keeper, news, until } = await keeperAt(path);
        for (let at = 1; at <= 5; at += 1) keeper.add(watchFrame(at), []);
        const filler = join(disk, 'filler');
        try {
          writeFileSync(filler, Buffer.alloc(1024 * 1024));
        } catch {
          // As much as there was room for.
        }
        let at = 5;
        while (news.length === 0 && at < 500) {
          at += 1;
          keeper.add(watchFrame(at), []);
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        await until('trouble');
        expect(news[0]).toMatchObject({ kind: 'trouble', trouble: 'full' });
        unlinkSync(filler);
        at += 1;
        keeper.add(watchFrame(at), []);
        await until('recovered');
        expect(await keeper.close(1e12)).toBe(0);
        expect(framesIn(path)).toEqual(Array.from({ length: at }, (_, i) => i + 1));
      } finally {
        execFileSync('umount', ['-l', disk]);
      }
    },
  );

  it('moves a damaged file aside, says where, and begins a new one', async () => {
    const path = join(folder, 'history.db');
    writeFileSync(path, 'no database at all '.repeat(500));
    const { keeper, news } = await keeperAt(path);
    keeper.add(watchFrame(1), []);
    await keeper.close(1e12);
    expect(news).toMatchObject([{ kind: 'moved', movedTo: expect.stringContaining('history.db.damaged-') }]);
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toHaveLength(1);
    expect(framesIn(path)).toEqual([1]);
  });
});
