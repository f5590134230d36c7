import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { WatchedLate } from '../model/late/watched.ts';
import { keepWatch, readKeptWatch } from './late-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-late-store-'));
const env = { XDG_STATE_HOME: folder };
const file = join(folder, 'evenkeel', 'late-moments.json');
afterEach(() => rmSync(join(folder, 'evenkeel'), { recursive: true, force: true }));

const moment = { tid: 10, fromNs: 5, toNs: 9, lateNs: 4, parts: [], furtherNs: 0 };
const watched = {
  target: { tgid: 10, tid: null, comm: 'arena' },
  startedUnixMs: 1,
  summary: { kept: [moment], tick: null },
} as unknown as WatchedLate;

it('keeps the moments of the last watch, for nobody else to read', () => {
  keepWatch(env, watched);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readKeptWatch(env)).toMatchObject({ target: { comm: 'arena' }, moments: [moment] });
});

it('keeps the sum of a moment of very many parts', () => {
  const parts = Array.from({ length: 300 }, (_, i) => ({ atNs: i, lengthNs: 1, label: 'behind', by: null }));
  const long = { ...moment, lateNs: 300, parts };
  keepWatch(env, { ...watched, summary: { kept: [long], tick: null } } as unknown as WatchedLate);
  const [kept] = readKeptWatch(env)?.moments ?? [];
  expect((kept?.parts.length ?? 0) + (kept?.furtherNs ?? 0)).toBe(300);
  expect(kept?.parts.length).toBeLessThan(300);
});

it.each(['', '{}', 'null', '{"format":"keel-late 1","target":{"tgid":1},"moments":[{}]}'])(
  'takes %j for nothing',
  (text) => {
    keepWatch(env, watched);
    writeFileSync(file, text);
    expect(readKeptWatch(env)).toBeNull();
  },
);

it('is no error where nothing can be written', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => keepWatch({ XDG_STATE_HOME: file }, watched)).not.toThrow();
  expect(readKeptWatch({ XDG_STATE_HOME: file })).toBeNull();
});
