import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { missing } from '../base/missing.ts';
import { type Candidate, matchesCandidate, parseTarget, unitOf } from './target.ts';

describe('parseTarget', () => {
  it.each([
    ['4127', { kind: 'process', tgid: 4127 }],
    ['tid:4131', { kind: 'thread', tid: 4131 }],
    ['self', { kind: 'self' }],
    ['arena', { kind: 'name', name: 'arena' }],
    ['a b) 9', { kind: 'name', name: 'a b) 9' }],
    ['/usr/bin/java', { kind: 'name', name: '/usr/bin/java' }],
    ['/java .*arena/', { kind: 'pattern', pattern: /java .*arena/u }],
    ['cgroup:/system.slice/', { kind: 'cgroup', path: '/system.slice' }],
    ['cgroup:system.slice', { kind: 'cgroup', path: '/system.slice' }],
    ['cgroup:/', { kind: 'cgroup', path: '/' }],
    ['unit:arena', { kind: 'unit', name: 'arena.service' }],
    ['unit:arena.scope', { kind: 'unit', name: 'arena.scope' }],
  ])('reads %j', (text, query) => {
    expect(parseTarget(text)).toEqual(query);
  });

  it.each([
    ['', 0],
    ['0', 0],
    ['99999999999999999999', 0],
    ['tid:', 4],
    ['tid:x', 4],
    ['unit:', 5],
    ['//', 0],
    ['/(/', 1],
    [`/${'a'.repeat(600)}/`, 500],
  ])('points into %j', (text, start) => {
    try {
      parseTarget(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'E_USAGE', parts: { pointer: { text, start } } });
    }
  });

  it('takes any text or says why not', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^(tid|cgroup|unit)?:?[/\d(a-z]{0,8}$/)),
        (text) => {
          try {
            parseTarget(text);
          } catch (error) {
            expect(error).toBeInstanceOf(KeelError);
          }
        },
      ),
    );
  });
});

function candidate(parts: { comm?: string; exe?: string; cgroup?: string }): Candidate {
  return {
    comm: parts.comm ?? 'x',
    executable: () => parts.exe ?? missing('denied', 'exe'),
    cgroups: () => [{ hierarchy: 0, controllers: [], path: parts.cgroup ?? '/' }],
  };
}

describe('matchesCandidate', () => {
  // Seed mistake B41: "java" matched javascript, "mysql" mysqld_exporter.
  it.each([
    ['java', { comm: 'java' }, true],
    ['java', { comm: 'javascript' }, false],
    ['mysql', { comm: 'mysqld_exporter' }, false],
    ['node', { comm: 'MainThread', exe: '/usr/bin/node' }, true],
    ['node', { comm: 'MainThread', exe: '/usr/bin/node (deleted)' }, true],
    ['/opt/a/server', { comm: 'server', exe: '/opt/a/server' }, true],
    ['/opt/a/server', { comm: 'server', exe: '/opt/b/server' }, false],
    ['cgroup:/a', { cgroup: '/a' }, true],
    ['cgroup:/a', { cgroup: '/a/b' }, true],
    ['cgroup:/a', { cgroup: '/ab' }, false],
    ['cgroup:/', { cgroup: '/ab' }, true],
    ['unit:arena', { cgroup: '/system.slice/arena.service' }, true],
    ['unit:arena', { cgroup: '/system.slice/arena.service/worker' }, true],
    ['unit:arena', { cgroup: '/system.slice/arena2.service' }, false],
  ])('%j and %j: %j', (text, parts, expected) => {
    expect(matchesCandidate(parseTarget(text), candidate(parts))).toBe(expected);
  });
});

describe('unitOf', () => {
  it.each([
    ['/system.slice/arena.service', 'arena.service'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/game.scope', 'game.scope'],
    ['/system.slice/arena.service/payload', 'arena.service'],
    ['/user.slice', null],
  ])('of %j is %j', (path, unit) => {
    expect(unitOf([{ hierarchy: 0, controllers: [], path }])).toBe(unit);
  });

  it('asks the hierarchy of systemd where v1 has one', () => {
    const cgroups = [
      { hierarchy: 4, controllers: ['memory'], path: '/other.service' },
      { hierarchy: 1, controllers: ['name=systemd'], path: '/system.slice/arena.service' },
      { hierarchy: 0, controllers: [], path: '/' },
    ];
    expect(unitOf(cgroups)).toBe('arena.service');
  });
});
