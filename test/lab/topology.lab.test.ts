/** Machines that differ in their topology only; what each is for stands beside it. */
import { expect, it } from 'vitest';
import type { Topo } from './documents.ts';
import { describeMachine } from './machine.ts';
import { checkCapture, checkTopology } from './topology-checks.ts';

describeMachine('4n-asymmetric', (machine) => {
  const { topo } = checkTopology(machine);

  it('keeps distances that differ by direction', () => {
    const { nodes } = topo.json<Topo>();
    expect(nodes[0]?.distances['3']).toBe(28);
    expect(nodes[3]?.distances['0']).toBe(30);
  });
});

describeMachine('sparse-nodes', (machine) => {
  const { topo } = checkTopology(machine);
  checkCapture(machine, topo);

  it('names nodes by their numbers, which have a gap', () => {
    const { nodes } = topo.json<Topo>();
    expect(nodes.map((node) => node.node)).toEqual([0, 2]);
    expect(nodes[1]?.distances).toEqual({ 0: 30, 2: 10 });
  });

  it('knows that ten CPUs are possible and four are there', () => {
    expect(topo.json()).toMatchObject({ possible: '0-9', present: '0-3', online: '0-3' });
  });
});

describeMachine('memory-only', (machine) => {
  const { topo } = checkTopology(machine);
  checkCapture(machine, topo);

  it('shows the node that has memory and no CPU', () => {
    const node = topo.json<Topo>().nodes.find((one) => one.node === 2);
    expect(node?.cpus).toBe('');
    expect(node?.memTotalBytes).toBeGreaterThan(200 << 20);
  });
});

describeMachine('cpu-only', (machine) => {
  const { topo } = checkTopology(machine);

  it('shows the node that has CPUs and no memory', () => {
    const node = topo.json<Topo>().nodes.find((one) => one.node === 1);
    expect(node).toMatchObject({ cpus: '2-3', memTotalBytes: 0 });
  });
});

describeMachine('maxcpus', (machine) => {
  const { topo } = checkTopology(machine);
  checkCapture(machine, topo);

  it('tells CPUs that are possible, present and online apart', () => {
    expect(topo.json()).toMatchObject({ possible: '0-5', present: '0-3', online: '0-1', offline: '2-3' });
  });

  it('says why those that are not online cannot be used', () => {
    for (const cpu of topo.json<Topo>().cpus.filter((one) => one.cpu >= 2)) {
      expect(cpu).toMatchObject({ online: false, usable: false, unusableBecause: expect.any(String) });
    }
  });
});

describeMachine('dies', (machine) => {
  const { topo } = checkTopology(machine);

  it('tells the two dies of the package apart', () => {
    const { cpus } = topo.json<Topo>();
    expect(cpus.map((cpu) => cpu.dieCpus)).toEqual(['0-1', '0-1', '2-3', '2-3']);
    expect(new Set(cpus.map((cpu) => cpu.packageCpus))).toEqual(new Set(['0-3']));
  });
});

describeMachine('2s2c2t-apart', (machine) => {
  const { topo } = checkTopology(machine);

  it('finds siblings whose numbers are far apart', () => {
    expect(topo.json<Topo>().cpus[2]).toMatchObject({ coreCpus: '2,6', node: 1 });
  });
});
