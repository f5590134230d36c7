import { describe, expect, it } from 'vitest';
import { isMissing, orNull } from '../base/missing.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { type Entry, MemorySource } from '../host/memory.ts';
import { type FakeMachine, fakeFiles, fakeHost } from '../host/testing/sysfs.ts';
import { readTopology } from './read-topology.ts';

const CPU = '/sys/devices/system/cpu';
const NODE = '/sys/devices/system/node';

const topologyOf = (machine: FakeMachine) => readTopology(fakeHost(machine));
const cpuOf = (machine: FakeMachine, cpu: number) => {
  const found = topologyOf(machine).cpus.find((one) => one.cpu === cpu);
  if (found === undefined) throw new Error(`no CPU ${cpu}`);
  return found;
};
const lists = (groups: readonly { readonly cpus: { toString(): string } }[]) =>
  groups.map(({ cpus }) => `${cpus}`);

describe('cores and packages', () => {
  it('are told by their CPUs where ids repeat in every package', () => {
    const { groups } = topologyOf({
      cores: ['0,4', '1,5', '2,6', '3,7'],
      packages: ['0-1,4-5', '2-3,6-7'],
      files: {
        [`${CPU}/cpu2/topology/core_id`]: '0\n',
        [`${CPU}/cpu6/topology/core_id`]: '0\n',
        [`${CPU}/cpu3/topology/core_id`]: '1\n',
        [`${CPU}/cpu7/topology/core_id`]: '1\n',
      },
    });
    expect(lists(groups.core)).toEqual(['0,4', '1,5', '2,6', '3,7']);
    expect(groups.core.map(({ id }) => id)).toEqual([0, 1, 0, 1]);
    expect(lists(groups.package)).toEqual(['0-1,4-5', '2-3,6-7']);
  });

  it('need no ids: s390 has none, other kernels write -1', () => {
    const machine: FakeMachine = {
      cores: ['0', '1'],
      files: {
        [`${CPU}/cpu0/topology/core_id`]: null,
        [`${CPU}/cpu1/topology/core_id`]: '-1\n',
        [`${CPU}/cpu0/topology/physical_package_id`]: '-1\n',
        [`${CPU}/cpu0/topology/book_siblings`]: '3\n',
        [`${CPU}/cpu1/topology/book_siblings`]: '3\n',
      },
    };
    expect(lists(topologyOf(machine).groups.core)).toEqual(['0', '1']);
    expect(cpuOf(machine, 1).ids).toMatchObject({ core: null, package: 0 });
    expect(cpuOf(machine, 0).ids.package).toBeNull();
    expect(lists(topologyOf(machine).groups.book)).toEqual(['0-1']);
  });

  it.each(['thread_siblings', 'core_cpus_list', 'thread_siblings_list'])('are read from %s alone', (name) => {
    const text = name.endsWith('_list') ? '0-1\n' : '3\n';
    const { groups } = topologyOf({
      cores: ['0-1'],
      files: {
        [`${CPU}/cpu0/topology/core_cpus`]: null,
        [`${CPU}/cpu1/topology/core_cpus`]: null,
        [`${CPU}/cpu0/topology/${name}`]: text,
        [`${CPU}/cpu1/topology/${name}`]: text,
      },
    });
    expect(lists(groups.core)).toEqual(['0-1']);
  });

  it('read masks with NUL bytes behind them', () => {
    const { groups } = topologyOf({
      cores: ['0-1'],
      files: { [`${CPU}/cpu0/topology/core_cpus`]: '00000003\n\0', [`${NODE}/node0/cpulist`]: '0-1\n\0' },
    });
    expect(lists(groups.core)).toEqual(['0-1']);
  });

  it('are disjoint also where the kernel contradicts itself, and it is told', () => {
    const topology = topologyOf({
      cores: ['0-1', '2-3'],
      files: { [`${CPU}/cpu2/topology/core_cpus`]: '7\n' },
    });
    expect(lists(topology.groups.core)).toEqual(['0-1', '2', '3']);
    expect(topology.contradictions.map(({ what }) => what.en)).toEqual([
      'the core lists of CPUs 2-3 disagree with each other',
    ]);
  });

  it('come from /proc/cpuinfo where /sys has no topology', () => {
    const topology = topologyOf({
      cores: [],
      files: {
        [`${CPU}/online`]: null,
        [`${CPU}/present`]: null,
        '/proc/cpuinfo': [0, 1, 2, 3]
          .map((cpu) => `processor : ${cpu}\nphysical id : ${cpu >> 1}\ncore id : 0\nmodel name : Old\n\n`)
          .join(''),
      },
    });
    expect(`${topology.online}`).toBe('0-3');
    expect(lists(topology.groups.package)).toEqual(['0-1', '2-3']);
    expect(lists(topology.groups.core)).toEqual(['0-1', '2-3']);
    expect(topology.model).toBe('Old');
  });
});

describe('online CPUs', () => {
  it('lose their groups with the CPU that goes offline', () => {
    const machine: FakeMachine = { cores: ['0,4', '1,5', '2', '3,7'], offline: '6' };
    const topology = topologyOf(machine);
    expect(`${topology.offline}`).toBe('6');
    expect(cpuOf(machine, 6)).toMatchObject({ online: false, unusableBecause: 'offline' });
    expect(cpuOf(machine, 6).groups.core).toBeNull();
    expect(topology.groups.core).toHaveLength(4);
  });

  it('are told by their own files where there is no list', () => {
    const files = { [`${CPU}/online`]: null, [`${CPU}/cpu3/online`]: '0\n' };
    expect(`${topologyOf({ cores: ['0', '1', '2', '3'], files }).online}`).toBe('0-2');
  });

  it('may lack CPU 0', () => {
    const topology = topologyOf({ cores: ['1', '3'], offline: '0' });
    expect(`${topology.online}`).toBe('1,3');
    expect(topology.groups.core.map(({ index }) => index)).toEqual([0, 1]);
  });
});

describe('what a CPU cannot be used for', () => {
  it('is offline before isolated before not allowed', () => {
    const { cpus } = topologyOf({
      cores: ['0', '1', '2'],
      offline: '3',
      files: {
        [`${CPU}/isolated`]: '2-3\n',
        '/proc/self/status': 'Cpus_allowed_list:\t0\n',
      },
    });
    expect(cpus.map(({ unusableBecause }) => unusableBecause)).toEqual([
      null,
      'not-allowed',
      'isolated',
      'offline',
    ]);
  });

  it('is nothing where the kernel did not say what is allowed', () => {
    const topology = topologyOf({ cores: ['0'], files: { '/proc/self/status': null } });
    expect(topology.cpus[0]?.unusableBecause).toBeNull();
    expect(isMissing(topology.allowed)).toBe(true);
    expect(topology.gaps.map(({ field }) => field)).toContain('allowed');
  });
});

describe('caches', () => {
  const cache = (cpu: number, index: number, texts: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [
        `${CPU}/cpu${cpu}/cache/index${index}/${name}`,
        `${text}\n`,
      ]),
    );

  it('are told by type, level and sharers; ids have holes', () => {
    const { cpus, llcs } = topologyOf({
      cores: ['0', '1'],
      files: {
        ...cache(0, 7, { level: '2', type: 'Unified', size: '512K', id: '40', shared_cpu_map: '1' }),
        ...cache(1, 2, { level: '2', type: 'Unified', size: '1M', shared_cpu_list: '1' }),
      },
    });
    expect(
      cpus.map(({ caches }) => caches.map(({ id, sizeBytes, cpus: set }) => [id, sizeBytes, `${set}`])),
    ).toEqual([[[40, 524_288, '0']], [[null, 1_048_576, '1']]]);
    expect(llcs).toHaveLength(2);
  });

  it('of no told size are of unknown size, not of zero', () => {
    const { cpus } = topologyOf({
      cores: ['0'],
      files: cache(0, 3, { level: '3', type: 'Unified', size: '0K', shared_cpu_map: '1' }),
    });
    expect(cpus[0]?.caches[0]?.sizeBytes).toBeNull();
  });

  it('with an empty list of sharers belong to the core', () => {
    const { cpus } = topologyOf({
      cores: ['0-1'],
      files: cache(0, 0, { level: '1', type: 'Data', size: '16K', shared_cpu_map: '00000000' }),
    });
    expect(`${cpus[0]?.caches[0]?.cpus}`).toBe('0-1');
  });

  it('without a level are left out, and the gap says so', () => {
    const topology = topologyOf({ cores: ['0'], files: cache(0, 0, { type: 'Data', size: '16K' }) });
    expect(topology.cpus[0]?.caches).toEqual([]);
    expect(topology.gaps.map(({ field }) => field)).toContain('cpus[].caches[].level');
  });

  it('of SPARC lie in the CPU folder', () => {
    const { cpus } = topologyOf({
      cores: ['0'],
      files: {
        [`${CPU}/cpu0/l1_dcache_size`]: '8192\n',
        [`${CPU}/cpu0/l1_dcache_line_size`]: '16\n',
        [`${CPU}/cpu0/l2_cache_size`]: '3145728\n',
      },
    });
    expect(cpus[0]?.caches).toMatchObject([
      { level: 1, type: 'Data', sizeBytes: 8192, lineBytes: 16 },
      { level: 2, type: 'Unified', sizeBytes: 3_145_728 },
    ]);
  });

  it('of POWER come from the device tree where /sys has none', () => {
    const tree = '/proc/device-tree/cpus';
    const cells = (...values: number[]) => ({
      kind: 'bytes' as const,
      text: values
        .map((value) =>
          String.fromCharCode(value >> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255),
        )
        .join(''),
    });
    const files = Object.entries(fakeFiles({ cores: ['0-3', '4-7'] })).map(
      ([path, text]) => [path, { kind: 'file' as const, text }] as const,
    );
    const host = new Host(
      'captured',
      NO_FACTS,
      new MemorySource(
        new Map<string, Entry>([
          ...files,
          [`${tree}/PowerPC,POWER7@0/ibm,ppc-interrupt-server#s`, cells(0, 1, 2, 3)],
          [`${tree}/PowerPC,POWER7@0/d-cache-size`, cells(32_768)],
          [`${tree}/PowerPC,POWER7@0/l2-cache`, cells(0x2000)],
          [`${tree}/PowerPC,POWER7@4/ibm,ppc-interrupt-server#s`, cells(4, 5, 6, 7)],
          [`${tree}/PowerPC,POWER7@4/d-cache-size`, cells(32_768)],
          [`${tree}/PowerPC,POWER7@4/l2-cache`, cells(0x2000)],
          [`${tree}/l2-cache@2000/ibm,phandle`, cells(0x2000)],
          [`${tree}/l2-cache@2000/cache-unified`, cells()],
          [`${tree}/l2-cache@2000/d-cache-size`, cells(262_144)],
          // A circle, as broken firmware has it.
          [`${tree}/l2-cache@2000/l2-cache`, cells(0x2000)],
        ]),
      ),
    );
    const caches = readTopology(host).cpus[5]?.caches.map(({ level, type, sizeBytes, cpus }) => [
      level,
      type,
      sizeBytes,
      `${cpus}`,
    ]);
    expect(caches).toEqual([
      [1, 'Data', 32_768, '4-7'],
      [2, 'Unified', 262_144, '0-7'],
    ]);
  });

  it('of the last level may be of different levels on one machine', () => {
    const { llcs } = topologyOf({
      cores: ['0', '1', '2'],
      llcs: ['0-1'],
      files: cache(2, 2, { level: '2', type: 'Unified', size: '2M', shared_cpu_map: '4' }),
    });
    expect(llcs.map(({ cpus, cache: { level } }) => [`${cpus}`, level])).toEqual([
      ['0-1', 3],
      ['2', 2],
    ]);
  });
});

describe('nodes', () => {
  it('have holes, and distances in the order of the online ones', () => {
    const { nodes, cpus } = topologyOf({
      cores: ['0', '1'],
      nodes: { 0: '0', 2: '1', 10: '' },
      files: {
        [`${NODE}/online`]: '0,2,10\n',
        [`${NODE}/node0/distance`]: '10 21 30\n',
        [`${NODE}/node2/distance`]: '21 10 30 40\n',
        [`${NODE}/node10/meminfo`]: 'Node 10 MemTotal:  1024 kB\nNode 10 MemFree: 8 kB\n',
      },
    });
    expect(nodes.map(({ node }) => node)).toEqual([0, 2, 10]);
    expect([...(orNull(nodes[0]?.distances ?? new Map()) ?? [])]).toEqual([
      [0, 10],
      [2, 21],
      [10, 30],
    ]);
    expect(isMissing(nodes[1]?.distances)).toBe(true);
    expect(nodes[2]?.memory).toEqual({ totalBytes: 1_048_576, freeBytes: 8192 });
    expect(cpus.map(({ node }) => node)).toEqual([0, 2]);
  });

  it('follow the link of the CPU where several list it, and it is told', () => {
    const machine: FakeMachine = {
      cores: ['0', '1'],
      nodes: { 0: '0-1', 1: '0-1' },
      files: { [`${CPU}/cpu1/node1/cpulist`]: '' },
    };
    expect(topologyOf(machine).cpus.map(({ node }) => node)).toEqual([0, 1]);
    expect(topologyOf(machine).contradictions.map(({ what }) => what.en)).toEqual([
      'nodes 0,1 all claim CPUs 0-1; the first is shown',
    ]);
  });

  it('are not made up where the kernel has none', () => {
    expect(topologyOf({ cores: ['0'] }).nodes).toEqual([]);
    expect(topologyOf({ cores: ['0'] }).cpus[0]?.node).toBeNull();
  });
});

describe('core types', () => {
  const capacity = (values: readonly number[]) =>
    Object.fromEntries(values.map((value, cpu) => [`${CPU}/cpu${cpu}/cpu_capacity`, `${value}\n`]));
  const typesOf = (machine: FakeMachine) => topologyOf(machine).cpus.map(({ coreType }) => coreType);
  const cores = ['0', '1', '2', '3'];

  it('come from the counter units of hybrid x86 machines', () => {
    const files = { '/sys/devices/cpu_core/cpus': '0-1\n', '/sys/devices/cpu_atom/cpus': '2-3\n' };
    expect(typesOf({ cores, files })).toEqual(['performance', 'performance', 'efficiency', 'efficiency']);
  });

  it('come from capacities, where turbo differences are not a type', () => {
    expect(typesOf({ cores, files: capacity([446, 871, 1024, 1010]) })).toEqual([
      'efficiency',
      'middle',
      'performance',
      'performance',
    ]);
    expect(typesOf({ cores, files: capacity([1024, 1010, 997, 980]) })).toEqual([null, null, null, null]);
  });

  it('come from base frequencies, never from the current ones', () => {
    const frequency = (name: string, kHz: readonly number[]) =>
      Object.fromEntries(kHz.map((value, cpu) => [`${CPU}/cpu${cpu}/cpufreq/${name}`, `${value}\n`]));
    const base = frequency('base_frequency', [3_000_000, 3_000_000, 2_200_000, 2_200_000]);
    expect(typesOf({ cores, files: base })).toEqual([
      'performance',
      'performance',
      'efficiency',
      'efficiency',
    ]);
    const now = frequency('scaling_cur_freq', [800_000, 4_000_000, 800_000, 800_000]);
    expect(typesOf({ cores, files: now })).toEqual([null, null, null, null]);
  });
});

describe('a machine that tells nothing', () => {
  it('has no CPUs, and a reason for each absence', () => {
    const topology = topologyOf({
      cores: [],
      files: { [`${CPU}/online`]: null, [`${CPU}/present`]: null, [`${CPU}/possible`]: null },
    });
    expect(topology.cpus).toEqual([]);
    expect(topology.gaps.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['possible', 'present', 'nodes', 'model', 'memory']),
    );
  });

  it('is told the same when its files hold nonsense', () => {
    const nonsense = Object.fromEntries(
      ['online', 'present', 'possible', 'isolated', 'cpu0/topology/core_cpus', 'cpu0/cache/index0/level'].map(
        (name) => [`${CPU}/${name}`, 'x-y\u0001\n'],
      ),
    );
    const topology = topologyOf({ cores: ['0'], files: nonsense });
    expect(
      topology.gaps.filter(({ value }) => value.missing === 'unreadable').map(({ field }) => field),
    ).toEqual(expect.arrayContaining(['possible', 'isolated', 'cpus[].coreCpus', 'cpus[].caches[].level']));
  });
});
