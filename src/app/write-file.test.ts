import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { refuseUnwritable, writeFileForUser } from './write-file.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keel-write-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const next = { en: 'use --force', ko: '--force' };

it('leaves a file that is there, unless it is forced', () => {
  const path = join(root, 'a');
  writeFileSync(path, 'old');
  expect(() => writeFileForUser(path, 'new', false, next)).toThrow(/E_CONFLICT/);
  expect(readFileSync(path, 'utf8')).toBe('old');
  writeFileForUser(path, 'new', true, next);
  expect(readFileSync(path, 'utf8')).toBe('new');
});

it('does not offer to replace a folder', () => {
  const path = join(root, 'folder');
  mkdirSync(path);
  for (const force of [false, true]) {
    expect(() => writeFileForUser(path, 'new', force, next)).toThrow(/E_IO.*it is a folder/);
  }
  expect(readdirSync(root)).toEqual(['folder']);
});

it('says in words why it cannot be written', () => {
  expect(() => writeFileForUser(join(root, 'no', 'a'), 'new', false, next)).toThrow(
    /E_IO.*no such file or folder \(ENOENT\)/,
  );
});

it('refuses beforehand what could not be written afterwards, and writes nothing', () => {
  const [there, folder] = [join(root, 'a'), join(root, 'folder')];
  writeFileSync(there, 'old');
  mkdirSync(folder);
  expect(() => refuseUnwritable(there, false, next)).toThrow(/E_CONFLICT/);
  expect(() => refuseUnwritable(folder, true, next)).toThrow(/E_IO.*it is a folder/);
  expect(() => refuseUnwritable(join(root, 'no', 'a'), false, next)).toThrow(/E_IO.*ENOENT/);
  expect(() => refuseUnwritable(join(there, 'b'), false, next)).toThrow(/E_IO.*ENOTDIR/);
  expect(() => refuseUnwritable(there, true, next)).not.toThrow();
  expect(() => refuseUnwritable(join(root, 'b'), false, next)).not.toThrow();
  expect(readdirSync(root).sort()).toEqual(['a', 'folder']);
});
