/** A setting of this machine that is tried: whoever is killed, it is as it was before. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Plot, PROGRAM } from '../../test/trials/planted.ts';
import { hasEnded, Pidfd } from '../native/pidfd.ts';

const FILE = '/proc/sys/vm/swappiness';
const isRoot = process.geteuid?.() === 0;
const before = readFileSync(FILE, 'utf8').trim();
const TRIED = before === '61' ? '62' : '61';
const now = () => readFileSync(FILE, 'utf8').trim();

let plot: Plot;
let trial: ChildProcess;
beforeEach(() => {
  plot = new Plot();
});
afterEach(() => {
  trial.kill('SIGKILL');
  if (isRoot) writeFileSync(FILE, before);
  plot.end();
});

/** @returns its guardian, held */
async function startTrial(): Promise<Pidfd> {
  const script = join(import.meta.dirname, 'testing/try-setting.ts');
  const words = ['--import', 'tsx', script, PROGRAM, 'swappiness', TRIED];
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, XDG_STATE_HOME: plot.folder },
  });
  trial = child;
  await once(child.stdout, 'data');
  const [journal = ''] = plot.journal();
  const guardian = /"record":"guarded","by":\{"tgid":(\d+)/.exec(journal)?.[1];
  return new Pidfd(Number(guardian));
}

async function killed(): Promise<void> {
  trial.kill('SIGKILL');
  await once(trial, 'close');
}

const listed = async () => JSON.parse((await plot.keel(['undo', '--list', '--json']).ended).stdout).changes;

describe.skipIf(!isRoot)('a trial of a setting that is killed (skipped without root)', () => {
  it('is undone by its guardian', async () => {
    const guardian = await startTrial();
    expect(now()).toBe(TRIED);
    await killed();
    expect(hasEnded(guardian.fd, 30_000)).toBe(true);
    guardian.close();
    expect(now()).toBe(before);
    expect(await listed()).toMatchObject([{ state: 'undone', stale: false }]);
  });

  it('is undone by undo --stale where the guardian was killed, too', async () => {
    const guardian = await startTrial();
    guardian.signal(9);
    expect(hasEnded(guardian.fd, 30_000)).toBe(true);
    guardian.close();
    expect((await plot.keel(['undo', 'c-1']).ended).stderr).toMatch(/is a trial that keel \(PID \d+\)/);
    await killed();
    expect(now()).toBe(TRIED);
    expect(await listed()).toMatchObject([{ stale: true }]);
    expect((await plot.keel(['undo', '--stale']).ended).status).toBe(0);
    expect(now()).toBe(before);
  });
});
