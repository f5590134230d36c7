/** What every strategy owes on every machine: plans within usable CPUs, whole cores, numbers from the topology alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import { orNull } from '../base/missing.ts';
import { LANGUAGES, type Sentence } from '../base/sentence.ts';
import type { Topology } from '../model/topology.ts';
import { usableCores } from './cpu-choice.ts';
import { cpusAfter } from './moves.ts';
import { memoryOf } from './nodes.ts';
import type { Proposal } from './proposal.ts';
import { proposeAll } from './propose-all.ts';
import type { Situation } from './situation.ts';
import { STRATEGIES } from './strategies/index.ts';
import type { Strategy } from './strategy.ts';
import { allMachines, made } from './testing/machines.ts';
import { busy, type Changes, idle, other, situation, thread, tick, UNKNOWN } from './testing/situations.ts';

const GIB = 1 << 30;

const machines = allMachines();

/** One of each kind of work, and one of which nothing is known. */
function workloads(topology: Topology): readonly (readonly [string, Changes])[] {
  const last = topology.online.last ?? 0;
  const noisy = new Map(
    topology.online.ids().map((cpu, i) => [cpu, idle({ othersPct: i % 3 === 0 ? 90 : 0 })]),
  );
  const late = { runDelayPct: 20, migrationsPerSec: 40, lastCpu: last };
  const hog = other({ group: { cgroup: '/a', autogroup: null }, cgroup: '/a', unit: 'a.service' });
  const nodes = topology.nodes.map(({ node }) => node);
  const onNode = (node: number) => ({
    byNode: new Map([[node, 4 * GIB], ...nodes.filter((n) => n !== node).map((n) => [n, 1] as const)]),
  });
  return [
    [
      'a tick beside a hog',
      { target: { threads: [tick(100, late), thread(101), thread(102)] }, others: [other()], load: noisy },
    ],
    [
      'one busy thread',
      {
        target: { threads: [busy(100, late)], workload: 'cpu_intensive_steady' },
        others: [hog],
        load: noisy,
      },
    ],
    ['two busy threads', { target: { threads: [busy(100), busy(101, late), thread(102)] }, load: noisy }],
    [
      'more threads than CPUs',
      {
        target: { threads: Array.from({ length: 70 }, (_, i) => busy(100 + i)), workload: 'oversubscribed' },
      },
    ],
    [
      'threads that talk',
      {
        target: {
          threads: [
            thread(100, { wakeUpsPerSec: 900 }),
            thread(101, { wakeUpsPerSec: 800, migrationsPerSec: 200 }),
          ],
        },
      },
    ],
    ['storage', { target: { threads: [thread(100, { role: 'storage' })], workload: 'io_bound' } }],
    ['a quota', { quota: { cgroup: '/q', cpus: 0.2, stoppedPct: 90, throttledNs: 1e10 } }],
    ...nodes.map(
      (node) => [`memory on node ${node}`, { target: { threads: [busy(100)], ...onNode(node) } }] as const,
    ),
    [
      'nothing known',
      {
        target: {
          threads: [
            thread(100, {
              runPct: UNKNOWN,
              runDelayPct: UNKNOWN,
              migrationsPerSec: UNKNOWN,
              wakeUpsPerSec: UNKNOWN,
              affinity: UNKNOWN,
              sliceNs: UNKNOWN,
            }),
          ],
          group: UNKNOWN,
          cgroup: UNKNOWN,
          byNode: UNKNOWN,
          rssBytes: UNKNOWN,
          memoryNodes: UNKNOWN,
          executable: UNKNOWN,
          workload: 'unknown',
        },
        load: UNKNOWN,
        quota: UNKNOWN,
        others: [other({ group: UNKNOWN })],
      },
    ],
  ];
}

function offences(strategy: Strategy, here: Situation): string[] {
  const answer = strategy.propose(here);
  if ('because' in answer) return sayable(answer.because) ? [] : [`${strategy.id}: says nothing`];
  return answer.proposals.flatMap((proposal) => [
    ...(proposal.strategy === strategy.id ? [] : ['carries another name']),
    ...[proposal.summary, proposal.why, proposal.expectedGain, proposal.risk].flatMap((text) =>
      sayable(text) ? [] : [`${strategy.id}: not in every language: ${text.en}`],
    ),
    ...proposal.moves.flatMap((move) => (move.cpus === null ? [] : cpuOffences(move.cpus, strategy, here))),
    ...memoryOffences(proposal, here),
    ...threadOffences(proposal, here),
  ]);
}

function cpuOffences(cpus: CpuSet, strategy: Strategy, here: Situation): string[] {
  const split = usableCores(here).filter((core) => core.cpus.overlaps(cpus) && !core.cpus.isSubsetOf(cpus));
  return [
    ...(cpus.isEmpty ? [`${strategy.id}: no CPU`] : []),
    ...(cpus.isSubsetOf(here.usable) ? [] : [`${strategy.id}: ${cpus} is outside of ${here.usable}`]),
    ...(cpus.isSubsetOf(here.topology.online) ? [] : [`${strategy.id}: ${cpus} is not online`]),
    ...(split.length === 0 || strategy.splitsCores
      ? []
      : [`${strategy.id}: ${cpus} splits ${split[0]?.cpus}`]),
  ];
}

function memoryOffences({ moves }: Proposal, here: Situation): string[] {
  return moves.flatMap(({ memory }) => {
    const bad = (memory?.nodes.ids() ?? []).filter(
      (node) => memoryOf(node, here) === null || orNull(here.target.memoryNodes)?.has(node) === false,
    );
    return bad.length === 0 ? [] : [`memory on nodes ${bad}`];
  });
}

/** A plan that pins some threads says of all where they run, and names no thread that is not there. */
function threadOffences(proposal: Proposal, here: Situation): string[] {
  const own = proposal.moves.filter((move) => move.tgid === here.target.tgid);
  const known = new Set(here.target.threads.map(({ tid }) => tid));
  const strangers = own.flatMap(({ threads }) =>
    threads === 'all' ? [] : threads.filter((tid) => !known.has(tid)),
  );
  const pins = own.some(({ cpus }) => cpus !== null);
  const left = here.target.threads.filter((one) => pins && cpusAfter(one, proposal, here) === null);
  return [
    ...strangers.map((tid) => `${tid} is no thread of it`),
    ...left.map(({ tid }) => `${tid} is left out`),
  ];
}

function sayable(sentence: Sentence): boolean {
  return (
    LANGUAGES.every((language) => sentence[language].trim() !== '') &&
    !/undefined|NaN|null/.test(Object.values(sentence).join()) &&
    /\p{Script=Hangul}/u.test(sentence.ko)
  );
}

describe.each(machines)('on %s', (_, topology) => {
  it.each(workloads(topology))('every strategy keeps the contract for %s', (_, changes) => {
    const here = situation(topology, changes);
    expect(STRATEGIES.flatMap((strategy) => offences(strategy, here))).toEqual([]);
  });

  it('keeps it inside any cpuset', () => {
    const ids = topology.online.ids();
    fc.assert(
      fc.property(
        fc.subarray([...ids], { minLength: 1 }),
        fc.constantFrom(...workloads(topology)),
        (cpus, [, changes]) => {
          const here = situation(topology, { ...changes, usable: CpuSet.from(cpus) });
          expect(STRATEGIES.flatMap((strategy) => offences(strategy, here))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('proposes nothing twice, nothing that is so already, and leaving it alone first', () => {
    for (const [, changes] of workloads(topology)) {
      const { proposals, notApplied } = proposeAll(situation(topology, changes));
      expect(proposals[0]?.strategy).toBe('leave-alone');
      expect(new Set(proposals.map(({ name }) => name)).size).toBe(proposals.length);
      expect(proposals.length + notApplied.length).toBe(STRATEGIES.length);
    }
  });
});

it('assumes no CPU number: with every number moved up, every plan moves up alike', () => {
  const [low, high] = ['made: strided siblings', 'made: strided siblings moved'] as const;
  const [one, two] = [made(low), made(high)];
  for (const [i, [, changes]] of workloads(one).entries()) {
    const plans = (topology: Topology, more: Changes) => proposeAll(situation(topology, more)).proposals;
    const moved = workloads(two)[i]?.[1] ?? {};
    const shifted = plans(one, changes).map(({ strategy, moves }) => [
      strategy,
      moves.map(({ cpus }) =>
        cpus === null ? null : CpuSet.from(cpus.ids().map((cpu) => cpu + 100)).toString(),
      ),
    ]);
    expect(
      plans(two, moved).map(({ strategy, moves }) => [
        strategy,
        moves.map(({ cpus }) => cpus?.toString() ?? null),
      ]),
    ).toEqual(shifted);
  }
});
