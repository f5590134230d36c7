/** `keel optimize --apply` on a process of this machine: a remembered proof becomes a change, and goes again. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Plot, stateOf } from '../../../../test/trials/planted.ts';
import { openLiveHost } from '../../../app/open-host.ts';
import { readIdentity, readKeptProcess } from '../../../app/program-identity.ts';
import { TrialStore } from '../../../app/trial-store.ts';
import { getAffinity } from '../../../native/affinity.ts';
import type { KeptCandidate, KeptProcess } from '../../../trial/kept-trial.ts';
import { trialOf } from '../../../trial/testing/kept-trials.ts';

const first = getAffinity(0).first as number;
let plot: Plot;
beforeEach(() => {
  plot = new Plot();
});
afterEach(() => plot.end());

/** As if a trial of an earlier run of the same program had been here. */
async function remember(pid: number, verdict: KeptCandidate['verdict']): Promise<void> {
  const host = openLiveHost();
  const now = readKeptProcess(host, pid) as KeptProcess;
  const earlier = { ...now, tgid: 1, startTicks: 1n };
  const [candidate] = trialOf().candidates as [KeptCandidate];
  const moves = [
    { process: earlier, threads: 'all', cpus: `${first}`, scheduling: null, memory: null },
  ] as const;
  const { id: _, ...trial } = trialOf({
    program: readIdentity(host, now),
    target: earlier,
    candidates: [{ ...candidate, name: `cpus=${first}`, verdict, moves }],
  });
  expect(await new TrialStore(join(plot.folder, 'evenkeel')).keep(trial)).toMatch(/^t-/);
}

it('sets what was proven of an earlier run, and undo takes it back', async () => {
  const pid = await plot.start('sleeper');
  await remember(pid, 'helps');
  const before = stateOf(pid);
  const line = ['optimize', String(pid), '--apply', `cpus=${first}`, '--yes', '--json'];
  const { stdout, status } = await plot.keel(line).ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'applied', trial: 't-1', undo: 'keel undo c-1' });
  for (const state of Object.values(stateOf(pid))) expect(state).toMatch(new RegExp(`^${first} `));
  expect((await plot.keel(['undo', 'c-1']).ended).status).toBe(0);
  expect(stateOf(pid)).toEqual(before);
});

it('refuses what was not proven, or is of another program, and changes nothing', async () => {
  const [pid, other] = [await plot.start('sleeper'), await plot.start('hog')];
  await remember(pid, 'hurts');
  const before = stateOf(pid);
  for (const target of [pid, other]) {
    const { stderr, status } = await plot.keel(['optimize', `${target}`, '--apply', `cpus=${first}`, '--yes'])
      .ended;
    expect(status).toBe(2);
    expect(stderr).toMatch(target === pid ? /hurts .*t-1/ : /no trial of/);
  }
  expect(stateOf(pid)).toEqual(before);
});
