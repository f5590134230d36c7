import { expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import { captured } from '../testing/machines.ts';
import { proposed, refusal } from '../testing/plans.ts';
import { busy, other, situation, tick } from '../testing/situations.ts';
import { shield } from './shield.ts';

const topology = captured('2s2c2t');
const init = other({ tgid: 1, comm: 'systemd' });
const worker = other({ tgid: 2, comm: 'kworker', isKernelThread: true });

it('gives the target a core, and sends away who ran, but for the system itself', () => {
  const { name, moves } = proposed(shield, situation(topology, { others: [other(), init, worker] }));
  expect(name).toBe('alone on 6-7');
  expect(moves).toMatchObject([
    { tgid: 100, threads: 'all', cpus: CpuSet.of(6, 7) },
    { tgid: 900, threads: 'all', cpus: null, away: CpuSet.of(6, 7) },
  ]);
});

it('does nothing where nobody is in the way, nothing waits, or nothing would be left', () => {
  expect(refusal(shield, situation(topology, { others: [init, worker] }))).toContain('no other program ran');
  const punctual = { target: { threads: [tick(100, { runDelayPct: 0 })] }, others: [other()] };
  expect(refusal(shield, situation(topology, punctual))).toContain('at most 0.0 %');
  const many = { target: { threads: [busy(1), busy(2), busy(3), busy(4), busy(5)] }, others: [other()] };
  expect(refusal(shield, situation(topology, many))).toContain('no core would be left');
});
