import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../host/facts.ts';
import { taskMaps } from '../kernel/task/maps.ts';
import { handlerStacks } from './handler-stacks.ts';

const MAPS = `\
00400000-00401000 r-xp 00000000 08:01 77 /usr/bin/arena
c000000000-c000400000 rw-p 00000000 00:00 0
7f0000000000-7f0000001000 ---p 00000000 00:00 0
7f0000001000-7f0000801000 rw-p 00000000 00:00 0
7f0001000000-7f0001001000 rw-p 00000000 00:00 0
7f0002000000-7f0102000000 ---p 00000000 00:00 0
7f0102000000-7f0102100000 rw-p 00000000 00:00 0
7f0200000000-7f0200001000 ---p 00000000 00:00 0
7f0200001000-7f0200002000 rw-p 00000000 08:01 99 /srv/a.pak
7ffe00000000-7ffe00021000 rw-p 00000000 00:00 0 [stack]
`;

describe('handlerStacks', () => {
  it('takes the main stack and what lies above a guard, and no heap, arena or file', () => {
    const stacks = handlerStacks(taskMaps.parse(MAPS, NO_FACTS));
    expect(stacks.map(({ address }) => address.toString(16))).toEqual(['7f0000001000', '7ffe00000000']);
  });
});
