/** The recorder as a process of its own: started, listed, ended, replayed; and killed, which loses nothing committed. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/app/clock.ts';
import { FaultLatencyCounter } from '../../src/app/count-fault-latency.ts';
import { findTargets } from '../../src/app/find-targets.ts';
import { openLateFeedByBpf } from '../../src/app/late-feed-by-bpf.ts';
import { openLiveHost } from '../../src/app/open-host.ts';
import { listRecorders } from '../../src/app/recorders.ts';
import { openLate } from '../../src/app/watch-late.ts';
import { isMissing, orNull } from '../../src/base/missing.ts';
import { HistoryReader } from '../../src/history/reader.ts';
import { openDatabase } from '../../src/history/sqlite.ts';
import { ownAllowed } from '../../src/kernel/proc/allowed.ts';

const KEEL = join(import.meta.dirname, '../../src/cli/keel.ts');
const host = openLiveHost();
const SOURCES = ['--import', import.meta.resolve('tsx'), KEEL];

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'keel-recorder-'));
});
afterEach(() => {
  keel('record', 'stop', '--all');
  rmSync(state, { recursive: true });
});

// biome-ignore lint/suspicious/noExplicitAny: what it answers is what is tested
function keel(...words: string[]): any {
  const env = { ...process.env, XDG_STATE_HOME: state };
  const out = execFileSync(process.execPath, [...SOURCES, ...words, '--json'], { env, encoding: 'utf8' });
  return JSON.parse(out);
}

const start = (...more: string[]) => keel('record', 'start', `${process.pid}`, '--every', '100ms', ...more);

// biome-ignore lint/suspicious/noExplicitAny: as above
function replayOf(id: string): any[] {
  const env = { ...process.env, XDG_STATE_HOME: state };
  const out = execFileSync(process.execPath, [...SOURCES, 'replay', id, '--json'], { env, encoding: 'utf8' });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
const listed = (id: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  keel('record', 'list').recordings.find((one: any) => one.recording === id);

function monotonicOf(id: string): readonly bigint[] {
  const reader = new HistoryReader(join(state, 'evenkeel/history.db'));
  const found = [...reader.frames(Number(id.slice(2)))].map((frame) => frame.monotonicNs);
  reader.close();
  return found;
}

/** Waits until so many frames are committed. */
async function recorded(id: string, frames: number): Promise<readonly bigint[]> {
  for (;;) {
    const found = monotonicOf(id);
    if (found.length >= frames) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('is started, listed, ended and replayed', async () => {
  const { recording } = start();
  await recorded(recording, 3);
  expect(listed(recording)).toMatchObject({ ended: null, recorderTgid: expect.any(Number) });
  expect(keel('record', 'stop').stopped).toEqual([{ recording, hasEnded: true }]);
  const { frames, ended, recorderTgid } = listed(recording);
  expect({ ended, recorderTgid }).toEqual({ ended: expect.any(String), recorderTgid: null });
  expect(replayOf(recording)).toHaveLength(frames);
});

it('loses nothing that was committed when it is killed, says so, and can be started again', async () => {
  const { recording } = start();
  const committed = await recorded(recording, 5);
  process.kill(listed(recording).recorderTgid, 'SIGKILL');
  // Its last frames may have come since.
  await expect.poll(() => listed(recording).recorderTgid).toBeNull();
  expect(listed(recording)).toMatchObject({ ended: null });
  expect(monotonicOf(recording).slice(0, committed.length)).toEqual(committed);
  const again = start().recording;
  expect(again).not.toBe(recording);
  await recorded(again, 2);
  expect(keel('record', 'stop').stopped).toEqual([{ recording: again, hasEnded: true }]);
  expect(monotonicOf(recording).slice(0, committed.length)).toEqual(committed);
  const database = openDatabase(join(state, 'evenkeel/history.db'), false);
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  database.close();
});

it('keeps single slow faults, where the kernel lets it count them', async (context) => {
  const counter = FaultLatencyCounter.open(openLiveHost(), { tgid: process.pid, threads: 16, overNs: 1 });
  if (isMissing(counter)) return context.skip(`faults cannot be counted here: ${counter.missing}`);
  counter.close();
  const { recording } = start('--slow', '1us');
  for (let found = 0; found === 0; found = listed(recording).slowFaults) {
    // Fresh memory, each page of it a fault.
    Buffer.allocUnsafeSlow(32 << 20).fill(1);
    await recorded(recording, monotonicOf(recording).length + 1);
  }
  keel('record', 'stop');
  const replayed = replayOf(recording).flatMap((frame) => frame.slowFaults);
  expect(replayed.length).toBeGreaterThan(0);
  for (const one of replayed) {
    expect(one).toMatchObject({ tgid: process.pid, address: expect.stringMatching(/^0x[0-9a-f]+$/) });
    expect(one.latencyNs).toBeGreaterThanOrEqual(1000);
    expect(one.cause).toBeTypeOf('string');
  }
  // Node's own code took them, called by somebody.
  expect(Math.max(...replayed.map(({ stack }) => stack.length))).toBeGreaterThan(1);
  expect(replayed.length).toBeLessThanOrEqual(listed(recording).slowFaults);
});

it('keeps late moments, where BPF tells them, with who had the CPU', async (context) => {
  const [target] = findTargets(host, `${process.pid}`, { all: false, command: 'test' });
  if (target === undefined) throw new Error('no target');
  const opened = openLate(host, systemClock, { target, overNs: 1e6 }, openLateFeedByBpf);
  if (isMissing(opened)) return context.skip(`no late moments here: ${opened.detail ?? opened.missing}`);
  opened.feed[Symbol.dispose]();
  // Both want the one CPU all the time, so each waits for the other.
  const cpu = `${orNull(host.read(ownAllowed))?.cpus?.last ?? 0}`;
  const [victim, hog] = [1, 2].map(() =>
    spawn('taskset', ['-c', cpu, 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  try {
    const { recording } = keel('record', 'start', `${victim?.pid}`, '--every', '100ms');
    for (let found = 0; found === 0; found = listed(recording).lateMoments)
      await recorded(recording, monotonicOf(recording).length + 1);
    keel('record', 'stop');
    const replayed = replayOf(recording).flatMap((frame) => frame.lateMoments);
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const holders = replayed.flatMap(({ parts }) => parts.map(({ by }: any) => by?.tid));
    expect(holders).toContain(hog?.pid);
    for (const { tid, lateNs, parts } of replayed) {
      expect(tid).toBe(victim?.pid);
      expect(lateNs).toBeGreaterThanOrEqual(1e6);
      expect(parts.length).toBeGreaterThan(0);
    }
  } finally {
    for (const one of [victim, hog]) one?.kill('SIGKILL');
  }
});

it('keeps no single moments where only frames are asked for', async () => {
  const { recording } = start('--slow', '1us', '--late', '1us', '--frames-only');
  await recorded(recording, 5);
  keel('record', 'stop');
  expect(listed(recording)).toMatchObject({ slowFaults: 0, lateMoments: 0 });
});

it('takes a killed recorder that nobody has waited for as ended', async () => {
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [said] = await once(parent.stdout, 'data');
    const tgid = Number(String(said));
    const fields = () => readFileSync(`/proc/${tgid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    await expect.poll(() => fields()[0]).toBe('Z');
    const host = openLiveHost();
    const recorder = { tgid, startTicks: fields()[19], bootId: host.facts.bootId, recording: 1 };
    const folder = join(state, 'evenkeel/recorders');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${tgid}.json`), JSON.stringify(recorder));
    expect(listRecorders(host, { XDG_STATE_HOME: state })).toEqual([]);
  } finally {
    parent.kill('SIGKILL');
  }
});
