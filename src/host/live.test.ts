import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderSource, LiveSource } from './live.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-host-'));
const root = join(folder, 'machine');
const long = `${'0123456789abcdef'.repeat(64)}\n`.repeat(200);

beforeAll(() => {
  mkdirSync(join(root, 'sys/cpu0/node0'), { recursive: true });
  mkdirSync(join(root, 'proc'));
  writeFileSync(join(folder, 'secret'), 'outside\n');
  writeFileSync(join(root, 'sys/online'), '0-3\n');
  writeFileSync(join(root, 'sys/long'), long);
  writeFileSync(join(root, 'sys/empty'), '');
  writeFileSync(join(root, 'sys/bytes'), Buffer.from([0, 255, 128, 10]));
  symlinkSync('../../secret', join(root, 'sys/leak'));
  symlinkSync('/etc', join(root, 'sys/etc'));
  symlinkSync('online', join(root, 'sys/within'));
  symlinkSync('../../node/node0', join(root, 'sys/cpu0/dangling'));
  symlinkSync('loop', join(root, 'sys/loop'));
  symlinkSync('secret', join(folder, 'link'));
  symlinkSync(folder, join(root, 'sys/outside'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a folder with the copy of a machine', () => {
  const source = () => new FolderSource(root);

  it('gives texts, names and targets of links', () => {
    expect(source().text('file', '/sys/online')).toBe('0-3\n');
    expect(source().text('file', '/sys/empty')).toBe('');
    expect(source().text('bytes', '/sys/bytes')).toBe('\u0000\u00ff\u0080\n');
    expect(String(source().text('list', '/sys/cpu0')).split('\n').sort()).toEqual(['dangling', 'node0']);
    expect(source().text('link', '/sys/cpu0/dangling')).toBe('../../node/node0');
    expect(source().text('file', '/sys/within')).toBe('0-3\n');
  });

  it('gives long texts whole, and short ones after them', () => {
    expect(long.length).toBeGreaterThan(3 * 64 * 1024);
    expect(source().text('file', '/sys/long')).toBe(long);
    expect(source().text('file', '/sys/online')).toBe('0-3\n');
  });

  it.each(['/sys/leak', '/sys/etc/passwd', '/../secret', '/sys/../../secret'])('never leaves: %s', (path) => {
    expect(source().text('file', path)).toMatchObject({ missing: 'not-captured', path });
  });

  it.each(['/sys/outside/link', '/../link', '/sys/loop/link'])('reads no link outside either: %s', (path) => {
    expect(source().text('link', path)).toMatchObject({
      missing: expect.stringMatching(/not-captured|unreadable/),
    });
  });

  it('may be reached through a link itself', () => {
    symlinkSync(root, join(folder, 'alias'));
    expect(new FolderSource(join(folder, 'alias')).text('file', '/sys/online')).toBe('0-3\n');
  });

  it.each([
    ['/sys/nothing', 'not-captured'],
    ['/sys/online/below', 'not-captured'],
    ['/sys/cpu0/dangling', 'not-captured'],
    ['/sys/cpu0', 'not-captured'],
    ['/sys/loop', 'unreadable'],
  ])('says of %s why it has no text', (path, reason) => {
    expect(source().text('file', path)).toMatchObject({ missing: reason, path });
  });
});

describe('the running machine', () => {
  const source = new LiveSource();

  it.each([
    ['nothing', 'absent'],
    ['online/below', 'absent'],
    ['cpu0', 'absent'],
    ['loop', 'unreadable'],
  ])('says of %s why it has no text', (name, reason) => {
    expect(source.text('file', join(root, 'sys', name))).toMatchObject({ missing: reason });
  });

  it.skipIf(process.getuid?.() === 0)(
    'says what was refused (skipped for root, whom files do not refuse)',
    () => {
      const path = join(root, 'sys/denied');
      writeFileSync(path, '');
      chmodSync(path, 0);
      expect(source.text('file', path)).toEqual({ missing: 'denied', path, detail: 'EACCES' });
    },
  );
});
