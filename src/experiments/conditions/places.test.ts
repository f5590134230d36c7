import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openHost } from '../../app/open-host.ts';
import { readTopology } from '../../app/read-topology.ts';
import { CpuSet } from '../../base/cpu-set.ts';
import { KeelError } from '../../base/errors.ts';
import type { Bench } from '../experiment.ts';
import { placesOf, remoteGap } from './places.ts';

const MACHINES = join(import.meta.dirname, '../../../fixtures/machines');
const benchOf = (machine: string, ...cpus: number[]) =>
  ({
    topology: readTopology(openHost(join(MACHINES, `${machine}.keel`)).host),
    cpus: CpuSet.from(cpus),
  }) as Bench;

it('pairs each CPU with its own memory first, as the kernel gives it, then with that of each other node', () => {
  expect(placesOf(benchOf('2s2c2t', 0, 4))).toEqual([
    { cpu: 0, node: null, own: 0 },
    { cpu: 0, node: 1, own: 0 },
    { cpu: 4, node: null, own: 1 },
    { cpu: 4, node: 0, own: 1 },
  ]);
});

it.each(['single', 'no-numa'])('asks for no node on %s, which has one or none', (machine) => {
  expect(placesOf(benchOf(machine, 0)).map(({ node }) => node)).toEqual([null]);
});

it('takes in nodes that have memory and no CPU, and none that have no memory', () => {
  const nodes = placesOf(benchOf('memory-only', 0)).map(({ node, own }) => node ?? own);
  const { topology } = benchOf('memory-only', 0);
  expect(nodes.length).toBeGreaterThan(1);
  expect(nodes.length).toBeLessThanOrEqual(topology.nodes.length);
  expect(new Set(nodes).size).toBe(nodes.length);
});

it('goes on without a node that a container forbids, and stops for anything else', () => {
  const refused = new KeelError('E_CONFLICT', { what: { en: 'set_mempolicy: EPERM', ko: '' } });
  expect(remoteGap(0, 1, refused)).toMatchObject({ reason: 'denied', path: 'set_mempolicy' });
  expect(() => remoteGap(0, null, refused)).toThrow(refused);
  expect(() => remoteGap(0, 1, new Error('other'))).toThrow('other');
});
