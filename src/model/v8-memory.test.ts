import { describe, expect, it } from 'vitest';
import { mappingOf } from './testing/mappings.ts';
import { mayBeOfV8, runsV8 } from './v8-memory.ts';

const code = (path: string) => [mappingOf({ path, inode: 5n, executable: true })];

describe('runsV8', () => {
  it.each([
    '/usr/bin/node',
    '/usr/bin/node (deleted)',
    '/opt/nodejs/bin/node-20',
    '/usr/lib/electron28/electron',
    '/opt/google/chrome/chrome',
    '/usr/lib/chromium/chromium',
    '/root/.deno/bin/deno',
    '/usr/lib/x86_64-linux-gnu/libnode.so.115',
    '/usr/lib/libQt6WebEngineCore.so.6.5.2',
  ])('finds %s', (path) => {
    expect(runsV8(code(path))).toBe(true);
  });

  it.each(['/usr/bin/python3.11', '/srv/node/server', '/usr/bin/node_exporter', '/usr/bin/codecs'])(
    'takes %s for another',
    (path) => {
      expect(runsV8(code(path))).toBe(false);
    },
  );

  it('finds a renamed program by its snapshot, or by what it calls its memory', () => {
    const snapshot = mappingOf({ path: '/opt/chat/v8_context_snapshot.bin', inode: 5n });
    expect([runsV8([snapshot]), runsV8([mappingOf({ path: '[anon:v8]' })])]).toEqual([true, true]);
  });

  it('is not deceived by a file that is only read', () => {
    expect(runsV8([mappingOf({ path: '/srv/chrome', inode: 5n })])).toBe(false);
  });
});

describe('mayBeOfV8', () => {
  it.each([
    ['', 0n, true],
    ['[anon:v8]', 0n, true],
    ['[heap]', 0n, false],
    ['[stack]', 0n, false],
    ['[anon: glibc: malloc arena]', 0n, false],
    ['/usr/bin/node', 5n, false],
  ])('%j is: %s %s', (path, inode, expected) => {
    expect(mayBeOfV8(mappingOf({ path, inode }))).toBe(expected);
  });
});
