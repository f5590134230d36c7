import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { demangled } from './demangle.ts';

const hasFilter = spawnSync('c++filt', ['--version']).status === 0;

describe.skipIf(!hasFilter)('demangled (skipped without c++filt)', () => {
  it.each([
    ['_ZN4game6Packet5allocIiEEPT_m', 'game::Packet::alloc<int>'],
    ['_ZN1r3map6stream17h0123456789abcdefE', 'r::map::stream'],
    ['_RNvNtCs6P4Sxx1ZVYS_1r3map6stream', 'r::map::stream'],
  ])('reads %s', (mangled, name) => {
    expect(demangled([mangled]).get(mangled)).toBe(name);
  });

  it('keeps its lines apart from names that hold anything', () => {
    const names = ['main', '_Z\n3foov', '_ZN1a1bEv', '$(reboot)', '_ZN1a1bEv', '_Z', ''];
    expect([...demangled(names)]).toEqual([['_ZN1a1bEv', 'a::b']]);
  });
});
