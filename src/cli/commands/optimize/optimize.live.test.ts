/** `keel optimize` as a person uses it: what it leaves behind, however it ends. What it finds is in test/trials. */
import { chmodSync, chownSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Plot, stateOf } from '../../../../test/trials/planted.ts';
import { getAffinity } from '../../../native/affinity.ts';

const allowed = getAffinity(0);
const [first, last] = [String(allowed.first), String(allowed.last)];
const TRIES = ['--try', `cpus=${first}`, '--try', `cpus=${last} nice=3`, '--try', 'slice=100us'];
const SHORT = ['--yes', '--no-watch', '--budget', '30s'];

let plot: Plot;
beforeEach(() => {
  plot = new Plot();
});
afterEach(() => plot.end());

/** Resolves as soon as threads may be switched: the guardian is written down before. */
async function underWay(finished = 0): Promise<void> {
  const newest = () => plot.journal()[finished] ?? '';
  await expect.poll(newest, { timeout: 30_000, interval: 20 }).toContain('"guarded"');
}

function lastRecord(): string {
  return plot.journal().at(-1)?.trim().split('\n').at(-1) ?? '';
}

describe('optimize, however it ends', () => {
  it('killed at any moment, every mask, nice value and slice comes back by itself', async () => {
    const pid = await plot.start('tick');
    const before = stateOf(pid);
    for (let round = 0; round < 4; round += 1) {
      const { child, ended } = plot.keel(['optimize', String(pid), ...TRIES, ...SHORT]);
      await underWay(round);
      await new Promise((resolve) => setTimeout(resolve, 150 + 700 * round));
      child.kill('SIGKILL');
      await ended;
      await expect.poll(lastRecord, { timeout: 30_000 }).toContain('"undone"');
      expect(stateOf(pid), `round ${round}`).toEqual(before);
    }
    expect((await plot.keel(['undo', '--stale']).ended).status).toBe(0);
  });

  it('undo --stale does the same where the guardian was killed too', async () => {
    const pid = await plot.start('tick');
    const before = stateOf(pid);
    const { child, ended } = plot.keel(['optimize', String(pid), ...TRIES, ...SHORT]);
    await underWay();
    const guardian = Number(/"guarded","by":\{"tgid":(\d+)/.exec(plot.journal().join())?.[1]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    process.kill(guardian, 'SIGKILL');
    child.kill('SIGKILL');
    await ended;
    const stale = await plot.keel(['undo', '--stale']).ended;
    expect(stale.status).toBe(0);
    expect(stateOf(pid)).toEqual(before);
  });

  it('on Ctrl-C puts everything back and says so', async () => {
    const pid = await plot.start('tick');
    const before = stateOf(pid);
    const { child, ended } = plot.keel(['optimize', String(pid), ...TRIES, ...SHORT]);
    await underWay();
    await new Promise((resolve) => setTimeout(resolve, 900));
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toContain('every thread is as it was, read back');
    expect(stateOf(pid)).toEqual(before);
    expect(lastRecord()).toContain('"undone"');
  });

  it('ends with the target', async () => {
    const pid = await plot.start('tick');
    const { ended } = plot.keel(['optimize', String(pid), ...TRIES, ...SHORT]);
    await underWay();
    process.kill(pid, 'SIGKILL');
    const { status, stderr } = await ended;
    expect(status).toBe(5);
    expect(stderr).toContain('ended during the trial');
  });

  it('lets no second trial, and no undo, into a running one', async () => {
    const pid = await plot.start('tick');
    const running = plot.keel(['optimize', String(pid), ...TRIES, ...SHORT]);
    await underWay();
    const second = await plot.keel(['optimize', String(pid), ...TRIES, ...SHORT]).ended;
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(
      `E_CONFLICT: another keel (PID ${running.child.pid}) is trying placements`,
    );
    const undo = await plot.keel(['undo']).ended;
    expect(undo.stderr).toContain(`kill -INT ${running.child.pid}`);
    running.child.kill('SIGINT');
    await running.ended;
  });

  it('notices somebody else who places the same threads', async () => {
    const pid = await plot.start('tick');
    const { ended } = plot.keel(['optimize', String(pid), '--try', 'nice=2', '--try', 'nice=4', ...SHORT]);
    await underWay();
    await plot.keel(['pin', String(pid), '--nice', '7', '--yes']).ended;
    const { status, stderr } = await ended;
    expect(status).toBe(1);
    expect(stderr).toContain('something else changes thread');
  });
});

describe('optimize with little to say', () => {
  it('is inconclusive after three rounds, keeps nothing, and writes the report', async () => {
    const pid = await plot.start('tick');
    const before = stateOf(pid);
    const path = join(plot.folder, 'trial.md');
    const line = [
      'optimize',
      String(pid),
      '--try',
      'nice=1',
      '--blocks',
      '3',
      '--seed',
      '7',
      '--report',
      path,
    ];
    const { status, stdout } = await plot.keel([...line, '--yes', '--json']).ended;
    expect(status).toBe(0);
    const json = JSON.parse(stdout);
    expect(json).toMatchObject({
      schema: 'keel.optimize/1',
      kept: null,
      change: null,
      seed: 7,
      end: 'rounds',
    });
    expect(json.candidates).toMatchObject([{ name: 'nice=1', verdict: 'inconclusive', blocks: 3 }]);
    expect(
      json.rounds.filter((one: { blocks: { value: unknown }[] }) =>
        one.blocks.every((b) => b.value !== null),
      ),
    ).toHaveLength(3);
    expect(stateOf(pid)).toEqual(before);
    expect(readFileSync(path, 'utf8')).toMatch(/^# INCONCLUSIVE: 3 rounds/);
    const again = await plot.keel([...line, '--yes']).ended;
    expect(again.stderr).toContain('E_CONFLICT');
  });

  it('leaves out what is so already', async () => {
    const pid = await plot.start('tick', allowed.first);
    const { stderr } = await plot.keel(['optimize', String(pid), '--try', `cpus=${first}`, ...SHORT]).ended;
    expect(stderr).toContain('every thread is there already');
  });

  it.each([
    ['an unknown goal', ['--goal', 'fun'], 2, '--goal takes one of'],
    ['a candidate that is none', ['--try', 'cpu=1'], 2, 'this is no candidate'],
    ['a real-time candidate', ['--try', 'policy=fifo:1'], 2, 'can stop a machine'],
    [
      'a probe that cannot be reached',
      ['--probe', 'tcp:127.0.0.1:1'],
      1,
      'E_PROBE: the probe tcp:127.0.0.1:1 fails: ECONNREFUSED; nothing was changed',
    ],
    [
      'a probe that is silent',
      ['--probe', 'log:/dev/null:/(\\d+)/'],
      1,
      'said nothing in 5 s; nothing was changed',
    ],
  ])('refuses %s and changes nothing', async (_, options, status, said) => {
    const pid = await plot.start('tick');
    const result = await plot.keel(['optimize', String(pid), ...options, '--yes']).ended;
    expect(result.stderr).toContain(said);
    expect(result.status).toBe(status);
    expect(plot.journal()).toEqual([]);
  });

  it('says that a process sleeps', async () => {
    const pid = await plot.start('sleeper');
    const { status, stderr } = await plot.keel(['optimize', String(pid), '--yes']).ended;
    expect(stderr).toContain('sleeps');
    expect(status).toBe(1);
    expect(plot.journal()).toEqual([]);
  });

  it('does not act without a terminal and without --yes', async () => {
    const pid = await plot.start('tick');
    const { status, stderr } = await plot.keel(['optimize', String(pid)]).ended;
    expect(status).toBe(2);
    expect(stderr).toContain('--yes');
    expect(plot.journal()).toEqual([]);
  });

  it.skipIf(process.geteuid?.() !== 0 || !existsSync('/proc/1'))(
    "is not permitted to others' processes (needs root, to be somebody else)",
    async () => {
      const pid = await plot.start('tick');
      chmodSync(plot.folder, 0o755);
      chownSync(plot.folder, 65_534, 65_534);
      const line = ['optimize', String(pid), '--try', `cpus=${last}`, '--yes', '--blocks', '3'];
      const { status, stderr } = await plot.keel(line, { uid: 65_534 }).ended;
      expect(stderr).toContain('E_PRIVILEGE');
      expect(status).toBe(4);
    },
  );
});
