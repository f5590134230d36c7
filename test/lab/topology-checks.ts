/** What every lab machine is asked: does `keel topo` agree with lscpu, lstopo, numactl and sysfs inside of it? */
import { expect, it } from 'vitest';
import { CpuSet } from '../../src/base/cpu-set.ts';
import type { Topo, TopoCache, TopoCpu } from './documents.ts';
import type { Machine, Result } from './machine.ts';
import { groupsOf, LSCPU_COLUMNS, parseLscpu, parseLstopo, parseNumactl } from './peers.ts';

const CPU_LISTS = ['possible', 'present', 'online', 'isolated'] as const;

/** lscpu's names of caches, as level and type. */
const LSCPU_CACHES: Readonly<Record<string, readonly [number, TopoCache['type']]>> = {
  L1d: [1, 'Data'],
  L1i: [1, 'Instruction'],
  L2: [2, 'Unified'],
  L3: [3, 'Unified'],
};

/** Adds the steps and the tests; further tests of the machine may look at the same document. */
export function checkTopology(machine: Machine): { readonly topo: Result } {
  const topo = machine.keel('topo', '--json');
  const lscpu = machine.run('lscpu', '-a', `-p=${LSCPU_COLUMNS}`);
  const lstopo = machine.run('lstopo-no-graphics', '--of', 'xml', '--no-io', '--disallowed');
  const numactl = machine.run('numactl', '-H');
  const lists = CPU_LISTS.map((name) => [name, machine.read(`/sys/devices/system/cpu/${name}`)] as const);

  it('is without gaps but for what virtual machines lack, and says nothing on stderr', () => {
    expect(topo.outcome).toMatchObject({ status: 0, stderr: '' });
    const { schema, gaps } = topo.json<Topo>();
    expect(schema).toBe('keel.topo/1');
    for (const { field, reason } of gaps) {
      expect([field, reason]).toEqual([expect.stringMatching(/capacity|frequency/), 'absent']);
    }
  });

  it.each(lists)('has the kernel list of %s CPUs', (name, text) => {
    const ours = CpuSet.parseList(topo.json<Topo>()[name]);
    expect(ours.toString()).toBe(CpuSet.parseList(text.stdout).toString());
  });

  checkCpus(topo, lscpu, lstopo);
  checkNodes(topo, numactl);
  return { topo };
}

function checkCpus(topo: Result, lscpu: Result, lstopo: Result): void {
  const online = () => topo.json<Topo>().cpus.filter((cpu) => cpu.online);
  const ours = (value: (cpu: TopoCpu) => string | null) =>
    new Map(online().map((cpu) => [cpu.cpu, value(cpu)]));

  it('groups CPUs into cores and packages as lscpu does', () => {
    const rows = parseLscpu(lscpu.stdout);
    expect(ours((cpu) => cpu.coreCpus)).toEqual(groupsOf(rows, (row) => row.core));
    expect(ours((cpu) => cpu.packageCpus)).toEqual(groupsOf(rows, (row) => row.socket));
    expect(ours((cpu) => String(cpu.node))).toEqual(
      new Map(rows.filter((row) => row.online).map((row) => [row.cpu, row.node])),
    );
  });

  it('knows the same CPUs as lscpu, and which are online', () => {
    const rows = parseLscpu(lscpu.stdout);
    const { cpus, offline } = topo.json<Topo>();
    expect(cpus.map((cpu) => [cpu.cpu, cpu.online])).toEqual(rows.map((row) => [row.cpu, row.online]));
    // The kernel's own list of offline CPUs also names those that are not there at all.
    const theirs = rows.filter((row) => !row.online).map((row) => row.cpu);
    expect(offline).toBe(CpuSet.from(theirs).toString());
  });

  it('knows who shares each cache, as lscpu does', () => {
    const rows = parseLscpu(lscpu.stdout);
    const names = Object.keys(rows[0]?.caches ?? {});
    expect(names).toEqual(Object.keys(LSCPU_CACHES));
    for (const name of names) {
      const [level, type] = LSCPU_CACHES[name] ?? [];
      const shared = ours(
        (cpu) => cpu.caches.find((cache) => cache.level === level && cache.type === type)?.cpus ?? null,
      );
      expect(shared, name).toEqual(groupsOf(rows, (row) => row.caches[name] ?? ''));
    }
  });

  it('has the groups and cache sizes of lstopo', () => {
    const objects = parseLstopo(lstopo.stdout);
    const cpus = (type: string) => new Set(objects.filter((one) => one.type === type).map((one) => one.cpus));
    expect(new Set(online().map((cpu) => cpu.coreCpus))).toEqual(cpus('Core'));
    expect(new Set(online().map((cpu) => cpu.packageCpus))).toEqual(cpus('Package'));
    // lstopo leaves out a level of dies that adds nothing to the packages.
    const dies = cpus('Die').size > 0 ? cpus('Die') : cpus('Package');
    expect(new Set(online().map((cpu) => cpu.dieCpus))).toEqual(dies);
    const theirs = objects
      .filter((one) => one.type.endsWith('Cache'))
      .map(({ attributes: { depth, cache_size, cache_linesize }, type, cpus: list }) => {
        const kind = type === 'L1iCache' ? 'Instruction' : type === 'L1Cache' ? 'Data' : 'Unified';
        return `L${depth} ${kind} ${cache_size} ${cache_linesize} ${list}`;
      });
    const mine = online().flatMap((cpu) =>
      cpu.caches.map((one) => `L${one.level} ${one.type} ${one.sizeBytes} ${one.lineBytes} ${one.cpus}`),
    );
    expect(new Set(mine)).toEqual(new Set(theirs));
  });
}

function checkNodes(topo: Result, numactl: Result): void {
  it('has the CPUs, sizes and distances of the nodes that numactl has', () => {
    const ours = topo.json<Topo>().nodes.map(({ node, cpus, memTotalBytes, distances }) => ({
      node,
      cpus,
      sizeMib: Math.floor(memTotalBytes / 2 ** 20),
      distances,
    }));
    expect(ours).toEqual(parseNumactl(numactl.stdout));
  });

  it('has no node with more free memory than memory', () => {
    for (const { memFreeBytes, memTotalBytes } of topo.json<Topo>().nodes) {
      expect(memFreeBytes).toBeLessThanOrEqual(memTotalBytes);
    }
  });
}

/** A capture of the machine must give the same document as the machine itself, but for the memory free just then. */
export function checkCapture(machine: Machine, topo: Result): void {
  const captured = machine.keel('capture', '-o', '/tmp/machine.keel', '--json');
  const replayed = machine.keel('topo', '--sysroot', '/tmp/machine.keel', '--json');
  const lasting = (result: Result) =>
    JSON.parse(result.stdout, (name, value) => (name === 'memFreeBytes' ? undefined : value));

  it('is the same from a capture', () => {
    expect(captured.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(replayed.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(lasting(replayed)).toEqual(lasting(topo));
  });
}
