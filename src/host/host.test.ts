import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { missing } from '../base/missing.ts';
import { FactMissing, kernelVersion, NO_FACTS, need } from './facts.ts';
import { Host } from './host.ts';
import { MemorySource } from './memory.ts';
import { fileReader, linkReader, listReader, pathOf } from './reader.ts';
import { RecordingSource } from './recorder.ts';

const rest = { doc: 'man 5 proc', capture: 'machine' } as const;
const online = fileReader({ path: '/sys/online', ...rest, parse: (text) => text.trim() });
const threadName = fileReader({ path: '/proc/{pid}/task/{tid}/comm', ...rest, parse: (text) => text.trim() });
const names = listReader({ path: '/proc/{pid}/task', ...rest, parse: (text) => text.split('\n') });
const node = linkReader({ path: '/sys/node0', ...rest, parse: (text) => text });
const strict = fileReader({
  path: '/sys/online',
  ...rest,
  parse: (text) => {
    throw new FormatError('a cpulist', text, 2);
  },
});
const pages = fileReader({ path: '/sys/online', ...rest, parse: (_, facts) => need(facts, 'pageBytes') });
const broken = fileReader({
  path: '/sys/online',
  ...rest,
  parse: () => {
    throw new TypeError('a mistake of ours');
  },
});

const source = MemorySource.ofFiles({
  '/sys/online': '0-3\n',
  '/proc/7/task/9/comm': 'tick\n',
  '/proc/7/task/7/comm': 'x\n',
});
const host = new Host('captured', NO_FACTS, source);

describe('a host', () => {
  it('reads by path, with the holes filled', () => {
    expect(host.read(online)).toBe('0-3');
    expect(host.read(threadName, { pid: 7, tid: 9 })).toBe('tick');
    expect(pathOf(threadName, { pid: 7, tid: 9 })).toBe('/proc/7/task/9/comm');
  });

  it('says why a value is missing, with path and line', () => {
    expect(host.read(threadName, { pid: 7, tid: 8 })).toEqual(missing('not-captured', '/proc/7/task/8/comm'));
    expect(host.read(strict)).toEqual(
      missing('unreadable', '/sys/online', 'line 2: "0-3\\n": expected a cpulist'),
    );
    expect(host.read(pages)).toEqual(missing('not-captured', 'fact pageBytes', '/sys/online'));
  });

  it('does not hide a mistake of a parser', () => {
    expect(() => host.read(broken)).toThrow(TypeError);
  });
});

describe('a machine in memory', () => {
  it('lists what it holds below a folder', () => {
    expect(host.read(names, { pid: 7 })).toEqual(['9', '7']);
    expect(host.read(names, { pid: 70 })).toMatchObject({ missing: 'not-captured' });
  });

  it('has each path as what it was captured', () => {
    const linked = new MemorySource(new Map([['/sys/node0', { kind: 'file', text: 'x' }]]));
    expect(new Host('captured', NO_FACTS, linked).read(node)).toEqual(
      missing('not-captured', '/sys/node0', 'captured as a file'),
    );
  });
});

describe('a recorder', () => {
  it('keeps what passes, scrubbed, with what was missing', () => {
    const recorder = new RecordingSource(source, (path, text) =>
      path.startsWith('/sys') ? text.replace('3', '1') : null,
    );
    const recorded = new Host('live', NO_FACTS, recorder);
    expect(recorded.read(online)).toBe('0-3');
    expect(recorded.read(threadName, { pid: 7, tid: 9 })).toBe('tick');
    recorded.read(threadName, { pid: 7, tid: 8 });
    expect(recorder.take()).toEqual(
      new Map<string, unknown>([
        ['/sys/online', { kind: 'file', text: '0-1\n' }],
        ['/proc/7/task/8/comm', missing('not-captured', '/proc/7/task/8/comm')],
      ]),
    );
    expect(recorder.take().size).toBe(0);
  });
});

describe('facts', () => {
  it('that are needed and not known are named', () => {
    expect(() => need(NO_FACTS, 'ticksPerSec')).toThrow(FactMissing);
    expect(need({ ...NO_FACTS, littleEndian: false }, 'littleEndian')).toBe(false);
  });

  it.each([
    ['6.1.0-18-amd64', [6, 1]],
    ['5.10', [5, 10]],
    ['', null],
    ['rolling', null],
  ])('hold the kernel version: %j', (release, expected) => {
    expect(kernelVersion({ ...NO_FACTS, release })).toEqual(expected);
  });
});
