import { describe, expect, it } from 'vitest';
import { isMissing, missing } from '../base/missing.ts';
import { Host } from '../host/host.ts';
import { taskMaps } from '../kernel/task/maps.ts';
import { RememberedMaps } from './remembered-maps.ts';

const line = (path: string) => `1000-2000 r-xp 00000000 08:01 7 ${path}\n`;

/** A machine whose process maps a file that changes. */
function machine() {
  const living = { path: '/bin/sh' as string | null };
  const source = {
    text: (_: string, path: string) =>
      living.path === null ? missing('gone', path) : line(`${living.path}${path.includes('/9/') ? '9' : ''}`),
  };
  return { living, maps: new RememberedMaps(new Host('live', {} as Host['facts'], source)) };
}

function pathAt(maps: RememberedMaps, nowNs: number, pid = 8): string | undefined {
  maps.nowNs = nowNs;
  const read = maps.host.read(taskMaps, { pid });
  return isMissing(read) ? read.missing : read[0]?.path;
}

describe('RememberedMaps', () => {
  it('answers with the program of the time that is asked about', () => {
    const { living, maps } = machine();
    maps.remember(8);
    living.path = '/bin/ls';
    maps.rememberAll([{ tgid: 8, executedNs: 500 }]);
    living.path = null;
    expect([0, 499, 500, 9_000].map((at) => pathAt(maps, at))).toEqual([
      '/bin/sh',
      '/bin/sh',
      '/bin/ls',
      '/bin/ls',
    ]);
  });

  it('asks the machine about processes that it has not heard of', () => {
    const { living, maps } = machine();
    maps.remember(8);
    living.path = '/bin/ls';
    expect(pathAt(maps, 0, 9)).toBe('/bin/ls9');
    expect(pathAt(maps, 0)).toBe('/bin/sh');
  });

  it('keeps the first answer of those met several times, and that one had ended', () => {
    const { living, maps } = machine();
    maps.rememberAll([{ tgid: 8, executedNs: null }]);
    living.path = null;
    maps.rememberAll([
      { tgid: 8, executedNs: null },
      { tgid: 9, executedNs: null },
    ]);
    living.path = '/bin/other';
    expect([pathAt(maps, 0), pathAt(maps, 0, 9)]).toEqual(['/bin/sh', 'gone']);
  });
});
