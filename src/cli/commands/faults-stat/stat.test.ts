import { describe, expect, it } from 'vitest';
import type { FaultCount } from '../../../app/count-faults.ts';
import { missing } from '../../../base/missing.ts';
import { cells, createLook } from '../../output/look.ts';
import { statOutput } from './render.ts';
import { type Asked, rowsOf, subjectOf } from './subject.ts';

const look = createLook({ language: 'en', width: 80, unicode: true, colour: false });
const counts = { faults: 5214, minor: 5190, major: 24, user: 4861, kernel: 353 };
const count: FaultCount = {
  elapsedNs: 10e9,
  total: counts,
  rows: new Map(),
  names: new Map(),
  accounted: 5278,
  populated: 64,
  ofChildren: 0,
  userOnly: false,
  program: null,
  ended: [],
};
const nothing: Asked = { targets: [], words: [], machine: false, cgroups: [] };

describe('keel faults stat', () => {
  it('shows our counts and how they fit those of the memory management', () => {
    expect(statOutput(count, null).lines(look)).toEqual([
      'faults 5,214 (521/s) in 10 s: minor 5,190, major 24; user 4,861, kernel 353',
      'populate and mlock faults 64, counted by the kernel, not by perf; with them',
      '5,278',
      'Exact. Per CPU, cgroup or thread: --by cpu|cgroup|thread',
    ]);
  });

  it('says what of the faults is of children, which /proc counts apart', () => {
    const lines = statOutput({ ...count, ofChildren: 4000 }, null)
      .lines(look)
      .join(' ');
    expect(lines).toContain('4,000 of the faults above are of children that the target started');
  });

  it('has no account where there is none, and says why', () => {
    const gone = missing('gone', 'a process');
    const output = statOutput({ ...count, accounted: gone, populated: gone, ofChildren: null }, null);
    expect(output.lines(look).join(' ')).not.toContain('populate');
    expect(output.json).toMatchObject({ accounted: null, populated: null, ofChildren: null });
    expect(output.json.gaps).toMatchObject([{ field: 'accounted' }, { field: 'populated' }]);
  });

  it('has rows that fit the line, whatever threads call themselves', () => {
    const named = new Map([['4131', '\u001b[31m틱\n'.repeat(20)]]);
    const output = statOutput({ ...count, rows: new Map([['4131', counts]]), names: named }, 'thread');
    for (const line of output.lines(look)) {
      expect(cells(line)).toBeLessThanOrEqual(80);
      expect(line).not.toMatch(/[\u0000-\u001f]/);
    }
    expect(output.json.byThread).toEqual([{ tid: 4131, comm: named.get('4131'), ...counts }]);
    expect(output.csv?.()[1]).toEqual(['4131', named.get('4131'), 5214, 5190, 24, 4861, 353]);
  });

  it('tells that a target ended, whatever its name', () => {
    const ended = [{ tgid: 7, comm: '\u001b]0;x\u0007\n', startTicks: 1n, tid: null }];
    const output = statOutput({ ...count, ended }, null);
    expect(output.lines(look).join(' ')).toMatch(/\\x1b.* 7 ended meanwhile: counted to its end/);
    expect(output.json.ended).toEqual([{ tgid: 7, comm: ended[0]?.comm }]);
  });

  it('tells how a program ended', () => {
    const program = { words: ['./server'], exitStatus: 7, signal: null };
    const output = statOutput({ ...count, program }, null);
    expect(output.lines(look)).toContain('./server exited with status 7.');
    expect(output.json.program).toEqual(program);
    expect(output.exitCode).toBeUndefined();
  });
});

describe('what is counted', () => {
  const arena = { tgid: 4127, comm: 'arena', startTicks: 1n, tid: null };
  const find = () => [arena];
  const launch = () => {
    throw new Error('not to be launched');
  };

  it.each([nothing, { ...nothing, machine: true, targets: ['arena'] }, { ...nothing, targets: ['a', 'b'] }])(
    'is one thing: %o',
    (asked) => {
      expect(() => subjectOf(asked, find, launch)).toThrow(/name one process/);
    },
  );

  it('is what was named', () => {
    expect(subjectOf({ ...nothing, targets: ['arena'] }, find, launch)).toEqual({
      kind: 'processes',
      targets: [arena],
    });
    expect(subjectOf({ ...nothing, cgroups: ['a', 'b'] }, find, launch)).toEqual({
      kind: 'cgroups',
      paths: ['a', 'b'],
    });
  });

  it.each([
    [{ ...nothing, machine: true }, 'thread', /needs a target/],
    [{ ...nothing, words: ['true'] }, 'thread', /not known before it runs/],
    [{ ...nothing, words: ['true'] }, 'cgroup', /in one cgroup/],
    [{ ...nothing, cgroups: ['a', 'b'] }, 'cpu', /only one cgroup/],
  ] as const)('has no such rows: %o by %s', (asked, by, why) => {
    expect(() => rowsOf(asked, by, false)).toThrow(why);
  });

  it('has rows by CPU in the words of perf too', () => {
    expect(rowsOf({ ...nothing, machine: true }, null, true)).toBe('cpu');
    expect(() => rowsOf({ ...nothing, machine: true }, 'cgroup', true)).toThrow(/contradict/);
  });
});
