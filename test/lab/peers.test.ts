import { describe, expect, it } from 'vitest';
import {
  anonymousPagesByNode,
  groupsOf,
  pagesByNode,
  parseLscpu,
  parseLstopo,
  parseNumactl,
  parseTaskset,
  policiesOf,
} from './peers.ts';

const LSCPU = `# The following is the parsable format, which can be fed to other
# CPU,Online,Core,Socket,Node,,L1d,L1i,L2,L3
0,Y,0,0,0,,0,0,0,0
1,Y,0,0,0,,1,1,0,0
2,N,,,
3,Y,1,0,1,,3,3,1,0
`;

describe('parseLscpu', () => {
  it('reads online and offline CPUs', () => {
    const rows = parseLscpu(LSCPU);
    expect(rows.map((row) => [row.cpu, row.online])).toEqual([
      [0, true],
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect(rows[3]?.caches).toEqual({ L1d: '3', L1i: '3', L2: '1', L3: '0' });
  });

  it('gives the groups of online CPUs', () => {
    const groups = groupsOf(parseLscpu(LSCPU), (row) => row.core);
    expect([...groups]).toEqual([
      [0, '0-1'],
      [1, '0-1'],
      [3, '3'],
    ]);
  });
});

describe('parseLstopo', () => {
  it('reads masks of several words and objects without CPUs', () => {
    const xml = `
      <object type="Package" os_index="1" cpuset="0x000000ff,,0x00000001" gp_index="3">
        <object type="NUMANode" os_index="2" cpuset="0x0" local_memory="5"/>
        <object type="Misc" os_index="0" gp_index="28">`;
    expect(parseLstopo(xml)).toMatchObject([
      { type: 'Package', osIndex: 1, cpus: '0,64-71' },
      { type: 'NUMANode', osIndex: 2, cpus: '', attributes: { local_memory: '5' } },
    ]);
  });
});

describe('parseNumactl', () => {
  it('reads nodes with gaps between their numbers, and nodes without CPUs', () => {
    const text = `available: 2 nodes (0,2)
node 0 cpus: 0 1 3
node 0 size: 280 MB
node 0 free: 258 MB
node 2 cpus:
node 2 size: 251 MB
node 2 free: 251 MB
node distances:
node   0   2 
  0:  10  20 
  2:  30  10 
`;
    expect(parseNumactl(text)).toEqual([
      { node: 0, cpus: '0-1,3', sizeMib: 280, distances: { 0: 10, 2: 20 } },
      { node: 2, cpus: '', sizeMib: 251, distances: { 0: 30, 2: 10 } },
    ]);
  });
});

it('counts pages by node, with and without those of files, and finds the policies', () => {
  const text = `00400000 default file=/usr/bin/node anon=7 dirty=7 N0=7 kernelpagesize_kB=4
7f0000000000 bind:1 anon=30 dirty=30 N0=10 N1=20 kernelpagesize_kB=4
7ffd00000000 default stack anon=3 dirty=3 N1=3 kernelpagesize_kB=4
`;
  expect(anonymousPagesByNode(text)).toEqual({ 0: 10, 1: 23 });
  expect(pagesByNode(text)).toEqual({ 0: 17, 1: 23 });
  expect(policiesOf(text)).toEqual(new Set(['default', 'bind:1']));
});

it('reads the lists of taskset', () => {
  const text = "pid 7's current affinity list: 0-3,5\npid 9's current affinity list: 2\n";
  expect([...parseTaskset(text)]).toEqual([
    [7, '0-3,5'],
    [9, '2'],
  ]);
});
