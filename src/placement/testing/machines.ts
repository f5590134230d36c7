/** The topologies that strategies must get right: every captured machine, and some that nobody has captured. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openHost } from '../../app/open-host.ts';
import { readTopology } from '../../app/read-topology.ts';
import { CpuSet } from '../../base/cpu-set.ts';
import { type FakeMachine, fakeHost } from '../../host/testing/sysfs.ts';
import type { Topology } from '../../model/topology.ts';

const FOLDER = join(import.meta.dirname, '../../../fixtures/machines');

export function captured(name: string): Topology {
  return readTopology(openHost(join(FOLDER, `${name}.keel`)).host);
}

/** 64 CPUs of two packages whose numbers alternate; siblings 32 apart; four last-level caches. */
function strided(first: number): FakeMachine {
  const every = (from: number, step: number) => {
    const ids = Array.from({ length: 64 }, (_, cpu) => cpu).filter((cpu) => cpu % step === from);
    return CpuSet.from(ids.map((cpu) => first + cpu)).toKernelList();
  };
  return {
    cores: Array.from({ length: 32 }, (_, core) => `${first + core},${first + core + 32}`),
    packages: [every(0, 2), every(1, 2)],
    llcs: [0, 2, 1, 3].map((from) => every(from, 4)),
    nodes: { 0: every(0, 2), 8: every(1, 2) },
  };
}

/** Four performance cores of two siblings, eight efficiency cores of one. */
const HYBRID: FakeMachine = {
  cores: ['0-1', '2-3', '4-5', '6-7', '8', '9', '10', '11', '12', '13', '14', '15'],
  llcs: ['0-15'],
  nodes: { 0: '0-15' },
  files: { '/sys/devices/cpu_core/cpus': '0-7\n', '/sys/devices/cpu_atom/cpus': '8-15\n' },
};

/** Nodes 1, 7 and 9, of which 7 has memory only; CPU 0 is offline; CPUs 5 and 13 are isolated. */
const SPARSE: FakeMachine = {
  cores: ['1', '2,10', '3,11', '4,12', '5,13', '6,14', '7,15', '8-9'],
  llcs: ['1-4,10-12', '5-9,13-15'],
  nodes: { 1: '1-4,10-12', 7: '', 9: '5-9,13-15' },
  offline: '0',
  files: { '/sys/devices/system/cpu/isolated': '5,13\n' },
};

const MADE: Readonly<Record<string, FakeMachine>> = {
  'made: strided siblings': strided(0),
  'made: strided siblings moved': strided(100),
  'made: hybrid': HYBRID,
  'made: sparse nodes': SPARSE,
};

export function made(name: keyof typeof MADE): Topology {
  return readTopology(fakeHost(MADE[name] as FakeMachine));
}

/** By name. */
export function allMachines(): readonly (readonly [string, Topology])[] {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.keel'))
    .map((name) => name.replace(/\.keel$/, ''));
  return [
    ...names.map((name) => [name, captured(name)] as const),
    ...Object.keys(MADE).map((name) => [name, made(name)] as const),
  ];
}
