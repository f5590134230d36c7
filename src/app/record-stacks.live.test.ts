/** Faults are charged to the function that took them, and what was mapped is what is named. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { byFunction, type FaultRecording } from '../model/faults/recording.ts';
import { systemClock } from './clock.ts';
import { openLiveHost } from './open-host.ts';
import { recordFaults } from './record-faults.ts';
import { orSkip } from './testing/or-skip.ts';

const SOURCE = join(import.meta.dirname, '../../fixtures/programs/known_faults.c');
const hasCompiler = spawnSync('cc', ['--version']).status === 0;
const MIB = 8;
const PAGES = MIB * 256;

let folder: string;
let program: string;
let file: string;
let child: ChildProcess | null = null;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-stacks-'));
  program = join(folder, 'known faults');
  file = join(folder, 'file');
  writeFileSync(file, Buffer.alloc(MIB << 20, 1));
  if (hasCompiler) execFileSync('cc', ['-O1', '-fno-omit-frame-pointer', '-o', program, SOURCE]);
});
afterEach(() => child?.kill('SIGKILL'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Options {
  readonly callchains: boolean;
  /** Between the start of the program and the end of the recording. */
  readonly meanwhile?: () => void;
}

async function record(path: string, { callchains, meanwhile }: Options): Promise<FaultRecording> {
  const started = spawn(path, [file, String(MIB)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = started;
  const lines: Interface = createInterface({ input: started.stdout });
  await once(lines, 'line');
  const stop = new AbortController();
  const done = recordFaults(openLiveHost(), systemClock, {
    subject: { kind: 'processes', tgids: [started.pid as number] },
    durationNs: 60e9,
    signal: stop.signal,
    callchains,
    started() {
      meanwhile?.();
      started.stdin.write('go\n');
    },
  });
  await Promise.race([once(lines, 'line'), done]);
  stop.abort();
  return done;
}

const shareOf = (recording: FaultRecording, name: string) =>
  byFunction(recording).find((share) => share.function === name);

describe.skipIf(!hasCompiler)('recordFaults by function (skipped without a C compiler)', () => {
  it.for([false, true])(
    'charges each fault to its function, callchains: %s',
    async (callchains, { skip }) => {
      const recording = await orSkip(skip, () => record(program, { callchains }));
      if (recording === null) return;
      expect(recording.callchains).toBe(callchains);
      const touched = shareOf(recording, 'many_first_touches');
      expect(touched?.binary).toBe(program);
      expect(touched?.faults).toBeGreaterThanOrEqual(PAGES - recording.lost);
      expect(touched?.faults).toBeLessThan(PAGES + 16);
      expect(shareOf(recording, 'few_cold_reads')?.faults).toBeGreaterThan(0);
      const stalls = byFunction(recording).map((share) => share.stallNs);
      expect(stalls.reduce((a, b) => a + b, 0)).toBe(recording.summary.total.stallNs);
      if (callchains) {
        // Its direct caller may be left out: a function that calls nothing keeps no frame pointer.
        const caller = shareOf(recording, 'main');
        expect(caller?.withCalleesFaults).toBeGreaterThanOrEqual(PAGES - recording.lost);
        expect(caller?.faults).toBeLessThan(16);
      }
    },
  );

  it('names nothing from a file that took the place of the one that ran', async ({ skip }) => {
    const path = join(folder, 'replaced');
    copyFileSync(program, path);
    const recording = await orSkip(skip, () =>
      record(path, {
        callchains: false,
        meanwhile() {
          copyFileSync(process.execPath, `${path}.new`);
          renameSync(`${path}.new`, path);
        },
      }),
    );
    if (recording === null) return;
    expect(shareOf(recording, 'many_first_touches')).toBeUndefined();
    const unnamed = byFunction(recording).find((share) => share.binary === path);
    expect(unnamed).toMatchObject({ function: null });
    expect(unnamed?.faults).toBeGreaterThanOrEqual(PAGES - recording.lost);
    expect(recording.unread).toContainEqual(expect.objectContaining({ missing: 'gone', path }));
  });

  it('finds the symbols that were put into a separate file', async ({ skip }) => {
    if (spawnSync('objcopy', ['--version']).status !== 0) return skip('there is no objcopy here');
    const stripped = join(folder, 'stripped');
    copyFileSync(program, stripped);
    execFileSync('objcopy', ['--only-keep-debug', stripped, `${stripped}.debug`]);
    execFileSync('objcopy', ['--strip-all', `--add-gnu-debuglink=${stripped}.debug`, stripped]);
    const recording = await orSkip(skip, () => record(stripped, { callchains: false }));
    if (recording !== null) expect(shareOf(recording, 'many_first_touches')?.binary).toBe(stripped);
  });
});
