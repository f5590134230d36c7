import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileIdentity } from '../model/faults/address-space.ts';
import { checksum, debugFiles, openImage } from './code-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-code-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text = name): { path: string; file: FileIdentity } {
  const path = join(folder, name);
  writeFileSync(path, text);
  const [major = 0, minor = 0] = execFileSync('stat', ['-c', '%Hd %Ld', path], { encoding: 'utf8' })
    .split(' ')
    .map(Number);
  return { path, file: { major, minor, inode: statSync(path, { bigint: true }).ino } };
}

const image = (path: string, file: FileIdentity | null) => ({ path, file, tgid: process.pid });

describe('openImage', () => {
  it('opens the file that was mapped', () => {
    const { path, file } = written('library');
    const opened = openImage(image(path, file));
    if ('missing' in opened) throw new Error(opened.detail);
    expect(Buffer.from(opened.read(0, opened.totalBytes)).toString()).toBe('library');
    expect(() => opened.read(1, opened.totalBytes)).toThrow('a place within 7 bytes');
    opened.close();
  });

  it('does not take another file for it', () => {
    const { path, file } = written('updated');
    copyFileSync(path, `${path}.new`);
    renameSync(`${path}.new`, path);
    expect(openImage(image(path, file))).toMatchObject({ missing: 'gone', path });
    expect(openImage(image(path, { ...file, inode: 1n }))).toMatchObject({ missing: 'gone' });
    expect(openImage(image(`${path} (deleted)`, file))).toMatchObject({ missing: 'gone' });
  });

  it('opens nothing that is no plain file', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(openImage(image(pipe, null))).toMatchObject({ missing: 'absent' });
    expect(openImage(image(folder, null))).toMatchObject({ missing: 'absent' });
    expect(openImage(image(join(folder, 'nothing'), null))).toMatchObject({ missing: 'absent' });
  });
});

describe('debugFiles', () => {
  it('looks beside the file and in its folder .debug', () => {
    const { path, file } = written('stripped');
    mkdirSync(join(folder, '.debug'), { recursive: true });
    written('stripped.debug', '123456789');
    written('.debug/stripped.debug');
    const found = [...debugFiles(image(path, file), null, { name: 'stripped.debug', crc: 0 })];
    const names = found.map((one) => one.path.slice(one.path.indexOf(folder) + folder.length));
    expect(names.slice(0, 2)).toEqual(['/stripped.debug', '/.debug/stripped.debug']);
    // The check value of CRC-32.
    expect(found.slice(0, 1).map(checksum)).toEqual([0xcbf4_3926]);
    for (const one of found) one.close();
  });
});
