import { describe, expect, it } from 'vitest';
import { parseCapture, renderCapture } from '../host/capture.ts';
import { holesOf, patternOf } from '../host/capture-rules.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { MemorySource } from '../host/memory.ts';
import { fakeHost } from '../host/testing/sysfs.ts';
import { READERS } from '../kernel/index.ts';
import { captureMachine, captureMoment } from './capture-machine.ts';
import { readInterruptedCpus } from './interrupted-cpus.ts';
import { readTopology } from './read-topology.ts';

const CPU = '/sys/devices/system/cpu';
const NODE = '/sys/devices/system/node/node0';
const stat = (id: number, comm: string) =>
  `${id} (${comm}) S 1 7 7 0 -1 4194304 2345 6543 7 3 250 125 10 5 20 -5 1 0 98765 1000000 300 18446744073709551615 93824 93999 140735 140700 140701 0 0 0 0 5678 0 0 17 0 0 0 0 0 0 94001 94002 94003 94004 94005 94006 0\n`;

/** Has every kind of file that a present kernel writes, and two processes. */
const rich = fakeHost({
  cores: ['0-1', '2-3'],
  llcs: ['0-3'],
  nodes: { 0: '0-3' },
  offline: '4',
  files: {
    [`${CPU}/cpu0/online`]: '1\n',
    [`${CPU}/cpu0/cpu_capacity`]: '1024\n',
    [`${CPU}/cpu0/cpufreq/cpuinfo_max_freq`]: '3000000\n',
    [`${NODE}/access0/initiators/node0`]: '',
    [`${NODE}/access0/initiators/read_latency`]: '80\n',
    '/sys/devices/virtual/memory_tiering/memory_tier4/nodelist': '0\n',
    '/sys/bus/event_source/devices/cpu/events/mem-loads': 'event=0xcd\n',
    '/proc/irq/9/smp_affinity_list': '0-3\n',
    '/proc/interrupts': ' CPU0\n 9: 4 acpi\n',
    '/proc/meminfo': 'MemTotal: 1024 kB\nMemFree: 512 kB\n',
    '/proc/cpuinfo': 'processor : 0\nmodel name : Test CPU\nflags : secret\n\n',
    '/proc/self/status': 'Name:\tkeel\nUid:\t1000\nCpus_allowed_list:\t0-2\n',
    '/proc/41/stat': stat(41, 'mine'),
    '/proc/41/status': 'Name:\tmine\nTgid:\t41\n',
    '/proc/41/cmdline': 'mine --password hunter2',
    '/proc/41/task/41/stat': stat(41, 'mine'),
    '/proc/41/task/42/stat': stat(42, 'worker'),
    '/proc/99/stat': stat(99, 'other'),
  },
});
/** What only old kernels and other architectures have: lists without masks, caches in the CPU's folder. */
const odd = fakeHost({
  cores: [],
  files: {
    [`${CPU}/online`]: '0\n',
    [`${CPU}/cpu0/topology/core_cpus_list`]: '0\n',
    [`${CPU}/cpu0/l1_dcache_size`]: '8192\n',
    [`${CPU}/cpu0/cache/index0/level`]: '1\n',
    [`${CPU}/cpu1/l1_dcache_size`]: '8192\n',
    [`${NODE}/cpulist`]: '0\n',
  },
});

/** Caches of the device tree, which are read where /sys has none. */
const power = fakeHost({
  cores: ['0'],
  files: { '/proc/device-tree/cpus/PowerPC,POWER7@0/d-cache-size': 'x' },
});

const replay = (entries: ReturnType<typeof captureMoment>['entries']) =>
  new Host('captured', NO_FACTS, new MemorySource(entries));

describe('a captured machine', () => {
  it('is the same machine to every reader', () => {
    const { entries } = captureMoment(rich, 1n, []);
    expect(readTopology(replay(entries))).toEqual(readTopology(rich));
    expect(readInterruptedCpus(replay(entries))).toEqual(readInterruptedCpus(rich));
  });

  it('survives the file', () => {
    const moments = [captureMoment(rich, 5n, [41])];
    const parsed = parseCapture(renderCapture({ facts: NO_FACTS, moments }));
    expect(parsed.moments[0]?.entries).toEqual(moments[0]?.entries);
  });

  it('asks for every reader of the machine', () => {
    const asked = [rich, odd, power].flatMap((host) => [...captureMoment(host, 1n, []).entries.keys()]);
    const forgotten = READERS.filter(({ capture }) => capture === 'machine').filter(
      ({ path }) => !asked.some((one) => patternOf(path).test(one)),
    );
    expect(forgotten.map(({ path }) => path)).toEqual([]);
  });

  it('asks for every reader of a task', () => {
    const asked = [...captureMoment(rich, 1n, [41]).entries.keys()];
    const forgotten = READERS.filter(
      ({ capture, path }) => capture === 'task' && holesOf(path)[0] === 'pid',
    ).filter(({ path }) => !asked.some((one) => patternOf(path).test(one)));
    expect(forgotten.map(({ path }) => path)).toEqual([]);
    expect(asked).toContain('/proc/41/task/42/stat');
  });
});

describe('what a capture leaves out', () => {
  const text = renderCapture({ facts: NO_FACTS, moments: [captureMoment(rich, 1n, [41])] });

  it('is command lines, other processes, features, the user', () => {
    expect(text).toContain('Test CPU');
    expect(text).toContain('(worker)');
    expect(text).not.toMatch(/hunter2|secret|other|1000$|Uid/m);
  });

  it('is addresses: where code, stack and arguments of a task lie', () => {
    expect(text).toContain('2345 6543');
    expect(text).not.toMatch(/93824|93999|140735|14070[01]|5678|9400\d/);
  });

  it('is the processes that nobody asked for', () => {
    expect(
      [...captureMoment(rich, 1n, []).entries.keys()].filter((path) => /^\/proc\/\d/.test(path)),
    ).toEqual([]);
  });
});

describe('captureMachine', () => {
  it('takes a second moment after the time that was asked for', async () => {
    let now = 10n;
    const slept: number[] = [];
    const clock = {
      monotonicNs: () => now,
      unixMs: () => 0,
      sleep: async (ns: number) => {
        slept.push(ns);
        now += BigInt(ns);
      },
    };
    const signal = new AbortController().signal;
    const { capture } = await captureMachine(rich, clock, { tgids: [], durationNs: 5e9, signal });
    expect(slept).toEqual([5e9]);
    expect(capture.moments.map(({ monotonicNs }) => monotonicNs)).toEqual([10n, 5_000_000_010n]);
  });
});
