/** The topology of this machine against lscpu, and its replay from a capture. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseCapture, renderCapture } from '../host/capture.ts';
import { captureFilter } from '../host/capture-rules.ts';
import { Host } from '../host/host.ts';
import { MemorySource } from '../host/memory.ts';
import { recordHost } from '../host/recorder.ts';
import { READERS } from '../kernel/index.ts';
import { openLiveHost } from './open-host.ts';
import { readTopology } from './read-topology.ts';
import { resolveCpus } from './resolve-cpus.ts';

function lscpu(): string[][] | null {
  try {
    const text = execFileSync('lscpu', ['-p=CPU,CORE,SOCKET,NODE'], { encoding: 'utf8' });
    return text.split('\n').flatMap((line) => (/^\d/.test(line) ? [line.split(',')] : []));
  } catch {
    return null;
  }
}

/** The groups that a column of lscpu makes, as lists. */
function groupsBy(rows: readonly (readonly string[])[], column: number): string[] {
  const groups = new Map<string, string[]>();
  for (const row of rows)
    groups.set(row[column] ?? '', [...(groups.get(row[column] ?? '') ?? []), row[0] ?? '']);
  return [...groups.values()].map((cpus) => cpus.join());
}

const rows = lscpu();

describe.skipIf(rows === null)('against lscpu (skipped where it does not run)', () => {
  const topology = readTopology(openLiveHost());

  it('has the same online CPUs, cores, packages and nodes', () => {
    const lists = (groups: readonly { readonly cpus: Iterable<number> }[]) =>
      groups.map(({ cpus }) => [...cpus].join());
    expect([...topology.online].map(String)).toEqual(rows?.map(([cpu]) => cpu));
    expect(lists(topology.groups.core)).toEqual(groupsBy(rows ?? [], 1));
    expect(lists(topology.groups.package)).toEqual(groupsBy(rows ?? [], 2));
    expect(topology.cpus.filter(({ online }) => online).map(({ node }) => `${node ?? ''}`)).toEqual(
      rows?.map((row) => row[3]),
    );
  });
});

describe('a capture of this machine', () => {
  it('replays the reading it was made of', () => {
    const { host, take } = recordHost(
      openLiveHost(),
      captureFilter(READERS, () => false),
    );
    const topology = readTopology(host);
    const file = renderCapture({ facts: host.facts, moments: [{ monotonicNs: 1n, entries: take() }] });
    const { facts, moments } = parseCapture(file);
    const replayed = new Host('captured', facts, new MemorySource(moments[0]?.entries ?? new Map()));
    expect(readTopology(replayed)).toEqual(topology);
  });
});

describe('CPU sets of this machine', () => {
  it('allowed is what taskset says of this process', () => {
    const said = execFileSync('taskset', ['-cp', `${process.pid}`], { encoding: 'utf8' });
    const list = said.split(': ').at(-1)?.trim() ?? '';
    const host = openLiveHost();
    expect(resolveCpus(host, 'allowed').equals(resolveCpus(host, list))).toBe(true);
  });
});
