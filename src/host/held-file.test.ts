import { mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { missing } from '../base/missing.ts';
import { HeldFile } from './held-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-held-'));
afterAll(() => rmSync(folder, { recursive: true }));

const held = (path: string) => new HeldFile(path, (error) => missing('unreadable', path, String(error)));
const openFiles = () => readdirSync('/proc/self/fd').length;

it('gives the text as it is now', () => {
  const path = join(folder, 'counter');
  const file = held(path);
  const seen = ['one\n', 'three\n', 'two\n', '', 'one\n'].map((text) => {
    writeFileSync(path, text);
    return file.text();
  });
  expect(seen).toEqual(['one\n', 'three\n', 'two\n', '', 'one\n']);
  file.close();
});

it('gives a text longer than its buffer whole, and a short one after it', () => {
  const path = join(folder, 'long');
  const long = `${'0123456789abcdef'.repeat(64)}\n`.repeat(300);
  const file = held(path);
  writeFileSync(path, long);
  expect(file.text()).toBe(long);
  writeFileSync(path, 'short');
  expect(file.text()).toBe('short');
  file.close();
});

it('keeps to the file that it opened, with one descriptor until it is closed', () => {
  const path = join(folder, 'replaced');
  writeFileSync(path, 'first');
  const before = openFiles();
  const file = held(path);
  expect(file.text()).toBe('first');
  unlinkSync(path);
  writeFileSync(path, 'second');
  expect(file.text()).toBe('first');
  expect(openFiles()).toBe(before + 1);
  file.close();
  file.close();
  expect(openFiles()).toBe(before);
  expect(file.text()).toBe('second');
  file.close();
});

it('says why there is nothing, and opens it once there is', () => {
  const path = join(folder, 'later');
  const file = held(path);
  expect(file.text()).toMatchObject({ missing: 'unreadable', path });
  writeFileSync(path, 'now');
  expect(file.text()).toBe('now');
  file.close();
});
