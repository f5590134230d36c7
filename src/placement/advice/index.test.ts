import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import type { Topology } from '../../model/topology.ts';
import type { Situation } from '../situation.ts';
import { captured } from '../testing/machines.ts';
import { type Changes, idle, situation, thread, tick } from '../testing/situations.ts';
import { ADVICE } from './index.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const one = captured('dies');
const two = captured('2s2c2t');

const consider = (id: string, here: Situation) =>
  ADVICE.find((advice) => advice.id === id)?.consider(here) ?? null;
const said = (id: string, topology: Topology, changes: Changes) => {
  const found = consider(id, situation(topology, changes));
  return found === null ? 'nothing to do with it' : `${found.applies ? 'yes' : 'no'}: ${found.text.en}`;
};
const program = (name: string, target: Changes['target'] = {}) => ({
  target: { executable: `/usr/bin/${name}`, ...target },
});

/** With so much memory on each node. */
function sized(topology: Topology, totalBytes: number): Topology {
  return {
    ...topology,
    nodes: topology.nodes.map((node) => ({ ...node, memory: { totalBytes, freeBytes: totalBytes } })),
  };
}

it('holds each file of the folder', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !/(^index|\.test)\.ts$/.test(name));
  expect(ADVICE.map(({ id }) => id).sort()).toEqual(files.map((name) => name.replace(/\.ts$/, '')).sort());
});

describe('advice for kinds of programs', () => {
  it('goes by the program, not by what a name holds', () => {
    expect(said('runtime', one, program('node_exporter'))).toBe('nothing to do with it');
    expect(said('runtime', one, program('python3.11'))).toMatch(/^no: /);
    expect(said('web-server', one, program('arena', { comm: 'nginx' }))).toBe('nothing to do with it');
  });

  it('sends from the master of a web server to the worker that works', () => {
    const children = [
      { tgid: 7, comm: 'arena', runPct: 80 },
      { tgid: 8, comm: 'arena', runPct: 3 },
    ];
    const here = situation(one, program('nginx', { children, threads: [thread(100, { runPct: 0 })] }));
    expect(consider('web-server', here)).toMatchObject({ applies: true, command: 'keel recommend 7' });
    expect(said('web-server', one, program('nginx', { threads: [thread(100)] }))).toMatch(/^no: .*0\.0 %/);
    expect(said('web-server', one, program('nginx'))).toMatch(/^yes: it waited 2\.0 %/);
  });

  it('interleaves a database only where it does not fit into a node', () => {
    expect(said('database', one, program('postgres'))).toMatch(/^no: all memory is on one NUMA node/);
    const of = (rssBytes: number) => program('mysqld', { rssBytes });
    expect(said('database', sized(two, 4 * GIB), of(GIB))).toMatch(/^no: its 1\.0 GiB fit/);
    const large = consider('database', situation(sized(two, 4 * GIB), of(3 * GIB)));
    expect(large).toMatchObject({
      applies: true,
      command: 'keel pin 100 --mem interleave:0,1',
      undo: 'keel undo',
    });
  });

  it('tells a runtime of its quota, rounded down', () => {
    const quota = { cgroup: '/q', cpus: 2.5, stoppedPct: 50, throttledNs: 1e9 };
    expect(said('runtime', one, { ...program('java', { workload: 'throttled' }), quota })).toMatch(
      /ActiveProcessorCount=2,/,
    );
  });

  it('binds nothing for its size alone', () => {
    expect(said('large-memory', two, { target: { rssBytes: GIB - 1 } })).toBe('nothing to do with it');
    expect(said('large-memory', one, { target: { rssBytes: 2 * GIB } })).toMatch(
      /^no: 2\.0 GiB, all on the one/,
    );
    const byNode = (...bytes: number[]) => ({
      target: { rssBytes: 2 * GIB, byNode: new Map(bytes.map((value, node) => [node, value])) },
    });
    expect(said('large-memory', two, byNode(GIB, 19 * GIB))).toMatch(/^no: 95\.0 % .* node 1 already/);
    const apart = consider('large-memory', situation(two, byNode(GIB, 3 * GIB)));
    expect(apart).toMatchObject({
      applies: true,
      command: 'keel pin 100 --mem preferred:1 --migrate-memory',
    });
  });
});

describe('advice for settings of the machine', () => {
  const governed = (name: string): Topology => ({
    ...one,
    cpus: one.cpus.map((cpu) => ({ ...cpu, frequency: { ...cpu.frequency, governor: name } })),
  });

  it('wants the performance governor for work that sleeps', () => {
    expect(said('governor', one, {})).toMatch(/^no: no CPU has a governor/);
    expect(said('governor', governed('performance'), {})).toMatch(/^no: every CPU/);
    expect(said('governor', governed('schedutil'), { target: { workload: 'cpu_intensive_steady' } })).toMatch(
      /^no: /,
    );
    expect(consider('governor', situation(governed('schedutil')))).toMatchObject({
      applies: true,
      command: 'cpupower -c 0-3 frequency-set -g performance',
      undo: 'cpupower -c 0-3 frequency-set -g schedutil',
    });
  });

  it('knows NUMA balancing from IRQ balancing', () => {
    const settings = { numaBalancing: 1, migrationCostNs: 500_000, release: null };
    expect(said('numa-balancing', two, {})).toBe('no: it is off');
    expect(said('numa-balancing', one, { settings })).toMatch(/^no: .* one NUMA node only/);
    expect(said('numa-balancing', two, { settings })).toMatch(/^no: its threads may use several nodes/);
    const pinned = { settings, target: { threads: [tick(100, { affinity: CpuSet.of(4, 5) })] } };
    expect(said('numa-balancing', two, pinned)).toMatch(/^yes: every thread is pinned inside node 1/);
    const load = new Map([[0, idle({ interruptPct: 12, interruptsPerSec: 900 })]]);
    expect(said('irq-balancing', two, { load })).toMatch(/^yes: interrupts take 12\.0 % of CPU 0 \(900\/s/);
    expect(said('irq-balancing', two, {})).toMatch(/^no: /);
  });

  it('never lowers the cost of a migration', () => {
    const settings = (migrationCostNs: number) => ({ numaBalancing: 0, migrationCostNs, release: null });
    const moving = { threads: [thread(100, { runPct: 50, migrationsPerSec: 60 })] };
    expect(said('migration-cost', one, {})).toMatch(/^no: 0\.0 moves\/s/);
    expect(consider('migration-cost', situation(one, { settings: settings(1) }))).toMatchObject({
      applies: true,
      command: expect.stringMatching(/^echo 500000 > /),
      undo: expect.stringMatching(/^echo 1 > /),
    });
    expect(
      consider('migration-cost', situation(one, { settings: settings(500_000), target: moving })),
    ).toMatchObject({
      applies: true,
      command: expect.stringMatching(/^echo 2000000 > /),
    });
  });
});
