import { describe, expect, it } from 'vitest';
import { missing } from '../base/missing.ts';
import { leverOn } from './groups.ts';

const group = (cgroup: string, autogroup: string | null = null) => ({ cgroup, autogroup });

describe('what must be lowered of one task to count against another', () => {
  it.each([
    ['/', '/', 'thread'],
    ['/a', '/a', 'thread'],
    ['/', '/a/b', 'thread'], // a task beside the group that holds the other
    ['/a', '/', 'group'],
    ['/a/x', '/a/y', 'group'],
    ['/a/x', '/a/y/z', 'group'],
    ['/a/x/y', '/a/z', 'outer'],
    ['/user.slice/a', '/system.slice/b', 'outer'],
    ['/ab', '/a', 'group'], // names, not beginnings of names
  ])('%s against %s: %s', (task, other, lever) => {
    expect(leverOn(group(task), group(other))).toBe(lever);
  });

  it('counts sessions as groups of their own', () => {
    expect(leverOn(group('/', 'autogroup-1'), group('/', 'autogroup-1'))).toBe('thread');
    expect(leverOn(group('/', 'autogroup-1'), group('/', 'autogroup-2'))).toBe('group');
    expect(leverOn(group('/', 'autogroup-1'), group('/autogroup-1'))).toBe('group');
  });

  it('does not guess', () => {
    expect(leverOn(missing('absent', 'x'), group('/'))).toBeNull();
  });
});
