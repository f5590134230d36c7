import { describe, expect, it } from 'vitest';
import { memoryMode, policyFor } from '../actions/settings/memory-policy.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { MemorySource } from '../host/memory.ts';
import { type AskedPlace, refuseOutsideCpuset } from './refuse-outside-cpuset.ts';

const host = new Host(
  'live',
  NO_FACTS,
  MemorySource.ofFiles({
    '/proc/self/mountinfo': '30 20 0:26 / /cg rw - cgroup2 cgroup2 rw\n',
    '/proc/7/cgroup': '0::/game.slice/arena.service\n',
    '/cg/game.slice/arena.service/cpuset.cpus.effective': '1-2,5\n',
    '/cg/game.slice/arena.service/cpuset.mems.effective': '1\n',
  }),
);

const bind = (nodes: string) => policyFor(memoryMode('bind') ?? 0, CpuSet.parseList(nodes));

/** The refusal, or null where there is none. */
function refusal(asked: Partial<AskedPlace>): KeelError | null {
  try {
    refuseOutsideCpuset(host, [{ tgid: 7 }], { cpus: null, cpusText: '', memory: undefined, ...asked });
    return null;
  } catch (error) {
    if (error instanceof KeelError) return error;
    throw error;
  }
}

describe('refuseOutsideCpuset', () => {
  it.each([
    ['CPUs within', { cpus: CpuSet.of(1, 5), cpusText: '1,5' }],
    ['nodes within', { memory: bind('1') }],
    ['a policy without nodes', { memory: bind('') }],
    ['neither', {}],
  ])('lets %s pass', (_, asked) => {
    expect(refusal(asked)).toBeNull();
  });

  it('names the cgroup, what it allows, and what is left of the wish', () => {
    const error = refusal({ cpus: CpuSet.of(0, 1, 2), cpusText: 'core:0-1' });
    expect(error?.code).toBe('E_CONFLICT');
    expect(error?.parts.what.en).toMatch(/arena\.service allows process 7 only CPUs 1-2,5, not 0;/);
    expect(error?.parts.next?.map((line) => line.en)).toEqual([
      'Within it: keel pin 7 1-2',
      'To widen it: systemctl set-property arena.service AllowedCPUs=0-2,5',
    ]);
    expect(error?.parts.pointer?.text).toBe('core:0-1');
  });

  it('does the same for memory', () => {
    const error = refusal({ memory: bind('0-1') });
    expect(error?.parts.what.en).toMatch(/only memory of nodes 1, not 0;/);
    expect(error?.parts.next?.map((line) => line.en)).toEqual([
      'Within it: keel pin 7 --mem bind:1',
      'To widen it: systemctl set-property arena.service AllowedMemoryNodes=0-1',
    ]);
  });
});
