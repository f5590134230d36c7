import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { fakeHost } from '../host/testing/sysfs.ts';
import { readTopology } from './read-topology.ts';
import { resolveCpus } from './resolve-cpus.ts';

/** 16 CPUs of 8 cores, two last-level caches, two nodes and one with memory only; CPU 16 is offline. */
const host = fakeHost({
  cores: ['0-1', '2-3', '4-5', '6-7', '8-9', '10-11', '12-13', '14-15'],
  llcs: ['0-7', '8-15'],
  nodes: { 0: '0-7', 2: '8-15', 5: '' },
  offline: '16',
  files: {
    '/sys/devices/system/cpu/isolated': '6-7\n',
    '/proc/irq/1/effective_affinity_list': '0\n',
    '/proc/irq/24/effective_affinity_list': '2\n',
    '/proc/irq/25/effective_affinity_list': '3\n',
    '/proc/interrupts':
      '  CPU0 CPU1\n 1: 5 0 IO-APIC 1-edge i8042\n 24: 0 9 PCI-MSI eth0\n 25: 0 0 PCI-MSI nvme0q1\n',
  },
});

/** Read once for the properties, which resolve hundreds of texts. */
const topology = readTopology(host);

const hybrid = fakeHost({
  cores: ['0-1', '2-3', '4', '5'],
  files: { '/sys/devices/cpu_core/cpus': '0-3\n', '/sys/devices/cpu_atom/cpus': '4-5\n' },
});

describe('the language of CPU sets', () => {
  it.each([
    ['0-3,8', '0-3,8'],
    ['0-15:2/4', '0-1,4-5,8-9,12-13'],
    ['0xff', '0-7'],
    ['0xf0f0', '4-7,12-15'],
    ['0000,00000003', '0-1'],
    ['1,2', '1-2'],
    ['node:0', '0-7'],
    ['node:0-2', null],
    ['node:2', '8-15'],
    ['package:0', '0-15'],
    ['llc:1', '8-15'],
    ['core:6', '12-13'],
    ['core:0-1', '0-3'],
    ['core:0,2', '0-2'], // core 0, or CPU 2: the comma joins sets
    ['smt:0', '0-14:2'],
    ['smt:1', '1-15:2'],
    ['all', '0-15'],
    ['isolated', '6-7'],
    ['irqfree', '1,3-15'],
    ['llc:0&irqfree', '1,3-7'],
    ['!isolated', '0-5,8-15'],
    ['!!0', '0'],
    ['llc:1 & smt:0 , 1', '1,8,10,12,14'],
    ['0,2&0-1', '0'], // & before ,: 0 or (2 and 0-1)
    ['(0,2)&0-1', '0'],
    ['(0,2)&2-3', '2'],
    ['!0&!1&core:0-1', '2-3'],
    ['allowed', '0-15'],
  ])('%s', (text, list) => {
    if (list === null) expect(() => resolveCpus(host, text)).toThrow(KeelError);
    else expect(resolveCpus(host, text).toString()).toBe(CpuSet.parseList(list).toString());
  });

  it('knows core types', () => {
    expect(resolveCpus(hybrid, 'type:efficiency').toString()).toBe('4-5');
    expect(resolveCpus(hybrid, 'type:performance&smt:0').toString()).toBe('0,2');
  });

  it('takes "allowed" from the caller, without CPUs that are offline', () => {
    expect(resolveCpus(host, 'allowed', { allowed: CpuSet.parseList('14-16') }).toString()).toBe('14-15');
  });

  // [text, the part pointed at, what the message must say]
  it.each([
    ['12-19', '19', /CPUs 17-19 do not exist/],
    ['99', '99', /CPU 99 does not exist/],
    ['0x100000', '0x100000', /CPU 20 does not exist/],
    ['14-16', '14-16', /CPU 16 is offline/],
    ['0,llc:2', '2', /no llc:2/],
    ['node:1', '1', /no node:1/],
    ['cluster:0', '0', /tells no cluster/],
    ['type:performance', 'performance', /one type/],
    ['nod:0', 'nod:0', /no set of CPUs/],
    ['ff', 'ff', /no set of CPUs/],
    ['core', 'core', /needs to say which/],
    ['core:x', 'x', /not a cpulist/],
    ['3-1', '3-1', /not a cpulist/],
    ['0,,1', ',', /does not belong here/],
    ['(0,1', ' ', /ends too early/],
    ['0)', ')', /does not belong here/],
    ['', '', /empty/],
    ['node:5', 'node:5', /has memory and no CPU/],
    ['0&1', '0&1', /no CPU is in all/],
    ['!all', '!all', /no CPU is in all/],
  ])('refuses %j and points at %j', (text, part, what) => {
    const error = refusal(text);
    expect(error.code).toBe('E_USAGE');
    expect(error.parts.what.en).toMatch(what);
    const { pointer } = error.parts;
    expect(pointer?.text.slice(pointer.start, pointer.end).padEnd(part.length)).toBe(part);
  });

  it('suggests what was probably meant', () => {
    const next = (text: string) => refusal(text).parts.next?.map(({ en }) => en) ?? [];
    expect(next('12-19')).toContain('Did you mean 12-15, or llc:1 (8-15)?');
    expect(refusal('12-19').parts.pointer?.note?.en).toBe('the last CPU is 16 (17 CPUs, 0-16; online 0-15)');
    expect(next('ff')).toContain('Did you mean 0xff?');
    expect(next('packge:0')).toContain('Did you mean package:0?');
    expect(next('nod:0')).toContain('Did you mean node:0?');
    expect(next('isolatd')).toContain('Did you mean isolated?');
    expect(next('14-16')).toContain('Without it: 14-15');
    expect(refusal('llc:7').parts.pointer?.note?.en).toBe('this machine has llc:0, llc:1');
  });

  it('says how to get isolated CPUs where there are none', () => {
    expect(refusal('isolated', hybrid).parts.next?.[0]?.en).toMatch(/isolcpus=/);
  });

  it('resolves any text or refuses it with a pointer inside it', () => {
    const words = fc.array(
      fc.oneof(
        fc.constantFrom(
          '!',
          '(',
          ')',
          '&',
          ',',
          ' ',
          ':',
          '-',
          'node:0',
          'core:1',
          'smt:0',
          'all',
          '0x3',
          '0-3',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(words, (parts) => {
        const text = parts.join('');
        try {
          expect(resolveCpus(host, text, { topology }).isSubsetOf(CpuSet.range(0, 15))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(KeelError);
          const pointer = (error as KeelError).parts.pointer;
          expect(pointer?.text).toBe(text);
          expect(pointer?.start).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });

  it('obeys the laws of sets', () => {
    const atom = fc.constantFrom('node:0', 'llc:1', 'smt:0', 'core:2-5', '0-9', 'all', 'irqfree', '1,3');
    fc.assert(
      fc.property(atom, atom, (a, b) => {
        const value = (text: string) => {
          try {
            return resolveCpus(host, text, { topology });
          } catch {
            return CpuSet.EMPTY;
          }
        };
        expect(value(`(${a})&(${b})`).equals(value(a).intersect(value(b)))).toBe(true);
        expect(value(`${a},${b}`).equals(value(a).union(value(b)))).toBe(true);
        expect(value(`!((${a}),(${b}))`).equals(value(`!(${a})&!(${b})`))).toBe(true);
      }),
    );
  });

  it('refuses nesting that no person writes', () => {
    expect(() => resolveCpus(host, `${'('.repeat(100_000)}0`)).toThrow(KeelError);
  });
});

function refusal(text: string, machine = host): KeelError {
  try {
    resolveCpus(machine, text);
  } catch (error) {
    if (error instanceof KeelError) return error;
    throw error;
  }
  throw new Error(`${text} was not refused`);
}
