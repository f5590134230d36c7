import { describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import { recommend } from './recommend.ts';
import { allMachines, captured } from './testing/machines.ts';
import { busy, idle, other, situation, thread, tick } from './testing/situations.ts';

const topology = captured('2s2c2t');

describe('one answer', () => {
  it('is no advice where there was no work', () => {
    const found = recommend(situation(topology, { target: { threads: [thread(100, { runPct: 0.2 })] } }));
    expect(found).toMatchObject({ kind: 'no-advice', choice: null });
    expect(found.verdict.en).toMatch(/^NO ADVICE YET: arena 100 wanted 0\.2 % of a CPU in 10 s/);
  });

  it('is to leave alone what waits for nothing', () => {
    const found = recommend(situation(topology, { target: { threads: [tick(100, { runDelayPct: 0.4 })] } }));
    expect(found).toMatchObject({ kind: 'leave-alone', choice: null });
  });

  it('is the quota, whatever else could be done', () => {
    const quota = { cgroup: '/q', cpus: 1, stoppedPct: 60, throttledNs: 1e9 };
    const threads = [tick(100, { runDelayPct: 50 })];
    const found = recommend(situation(topology, { quota, target: { threads }, others: [other()] }));
    expect(found).toMatchObject({ kind: 'do-not-pin', choice: { strategy: 'fix-quota' } });
    expect(found.verdict.en).toBe('DO NOT PIN. Raise the CPU quota of /q from 1 to 1.1 CPUs.');
  });

  it('is whoever holds the CPU before any place, and the end of a pin before both', () => {
    const others = [other({ unit: 'backup.service' })];
    const found = recommend(situation(topology, { others }));
    expect(found).toMatchObject({ kind: 'do-not-pin', choice: { name: 'idle:backup.service' } });
    const pinned = { threads: [tick(100, { affinity: CpuSet.of(1) })] };
    expect(recommend(situation(topology, { others, target: pinned })).choice?.strategy).toBe('unpin');
  });

  it('is a place where one is quieter', () => {
    const load = new Map([[0, idle({ othersPct: 70 })]]);
    const found = recommend(situation(topology, { load }));
    expect(found).toMatchObject({ kind: 'pin', choice: { strategy: 'tick-alone' } });
    expect(found.verdict.en).toMatch(/^A PIN IS WORTH A TRIAL: pin thread tick 100 to core:3 \(6-7\)/);
  });

  it.each(allMachines())('ranks by what could be won back, on %s', (_, machine) => {
    const found = recommend(
      situation(machine, {
        target: { threads: [tick(100, { runDelayPct: 30, affinity: machine.online })] },
        others: [other()],
      }),
    );
    const bounds = [...(found.choice === null ? [] : [found.choice]), ...found.others].map(
      ({ upToPct }) => upToPct ?? 0,
    );
    expect(bounds).toEqual([...bounds].sort((a, b) => b - a));
    expect(found.verdict.ko).toMatch(/\p{Script=Hangul}.*\./u);
  });

  it('does not leave a process alone in silence whose memory is on another node than its threads', () => {
    const topology = captured('2s2c2t');
    const free = { totalBytes: 1e9, freeBytes: 9e8 };
    const nodes = topology.nodes.map((node) => ({ ...node, memory: free }));
    const bound = [busy(900, { affinity: CpuSet.range(0, 3), runDelayPct: 0 })];
    const found = recommend(
      situation({ ...topology, nodes }, { target: { threads: bound, byNode: new Map([[1, 3e8]]) } }),
    );
    expect(found.kind).toBe('leave-alone');
    expect(found.verdict.en).toMatch(
      /^ITS MEMORY IS ON ANOTHER NODE\. .* 100 % of its .* are on other nodes/,
    );
    expect(found.others[0]?.strategy).toBe('pages-to-threads');
  });
});
