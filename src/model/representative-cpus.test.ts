import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openHost } from '../app/open-host.ts';
import { readTopology } from '../app/read-topology.ts';
import { representativeCpus } from './representative-cpus.ts';

const MACHINES = join(import.meta.dirname, '../../fixtures/machines');

it.each([
  // Few CPUs: all of them.
  ['single', '0'],
  // Two nodes, each with a last-level cache of its own.
  ['2s2c2t', '0,4'],
  ['2s2c2t-apart', '0,2'],
  ['interleaved', '0-1'],
])('of %s are %s', (machine, expected) => {
  const file = join(MACHINES, `${machine}.keel`);
  const topology = readTopology(openHost(file).host);
  expect(representativeCpus(topology, topology.online).toString()).toBe(expected);
});

it('never leave the CPUs asked for', () => {
  const topology = readTopology(openHost(join(MACHINES, '2s2c2t.keel')).host);
  const among = topology.online.minus(representativeCpus(topology, topology.online));
  expect(representativeCpus(topology, among).isSubsetOf(among)).toBe(true);
});
