/** A program that is launched to be recorded: from its first instruction, into a file. */
import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import type { FaultRecording } from '../model/faults/recording.ts';
import { systemClock } from './clock.ts';
import { readFaultFile } from './fault-file.ts';
import { LaunchedProgram } from './launch-program.ts';
import { openLiveHost } from './open-host.ts';
import { recordFaults } from './record-faults.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-program-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @returns null where this machine lets nobody watch, such as a container */
async function record(
  skip: (reason: string) => void,
  words: readonly string[],
  out?: string,
  durationNs = 60e9,
): Promise<FaultRecording | null> {
  const program = new LaunchedProgram({ words, stdout: 'stderr', path: process.env.PATH });
  try {
    return await recordFaults(openLiveHost(), systemClock, {
      subject: { kind: 'program', program },
      durationNs,
      signal: new AbortController().signal,
      callchains: false,
      ...(out === undefined ? {} : { out: { path: out, force: false } }),
    });
  } catch (error) {
    if (!(error instanceof KeelError) || error.code !== 'E_PRIVILEGE') throw error;
    skip(`this kernel lets this user watch no faults: ${error.message}`);
    return null;
  }
}

describe('recordFaults of a program', () => {
  it('sees it from its start, and how it ended; evaluates none of its words', async ({ skip }) => {
    const hostile = `$(touch ${folder}/evaluated); "'`;
    const recording = await record(skip, ['sh', '-c', 'test "$1" = "$0" && exit 7', hostile, hostile]);
    if (recording === null) return;
    expect(recording.program).toMatchObject({ exitStatus: 7, signal: null });
    expect(recording.program?.words.at(-1)).toBe(hostile);
    expect(() => statSync(join(folder, 'evaluated'))).toThrow('ENOENT');
    // Each program faults at its entry point, in code of the dynamic linker or of its own.
    expect(recording.summary.byMapping.some((share) => share.kind === 'file')).toBe(true);
    expect(BigInt(recording.summary.total.faults + recording.unpaired)).toBe(recording.counted.entry);
  });

  it('is ended when the time is over', async ({ skip }) => {
    const recording = await record(skip, ['sleep', '1000'], undefined, 100e6);
    if (recording !== null) expect(recording.program).toMatchObject({ exitStatus: null, signal: 'SIGTERM' });
  });

  it('is the same in its file, and what is left of a file that was cut is said to be cut', async ({
    skip,
  }) => {
    const out = join(folder, 'one.faults');
    const recording = await record(skip, ['sh', '-c', 'exit 0'], out);
    if (recording === null) return;
    const { stacks: _, ...read } = readFaultFile(out).recording;
    const { stacks: __, ...made } = recording;
    expect(read).toEqual({ ...made, summary: { ...made.summary } });
    truncateSync(out, statSync(out).size - 1);
    const cut = readFaultFile(out).recording;
    expect(cut.cut).toBe(true);
    expect(cut.summary).toEqual(made.summary);
  });

  it('leaves a file that is there as it is', async ({ skip }) => {
    const out = join(folder, 'two.faults');
    if ((await record(skip, ['true'], out)) === null) return;
    const before = statSync(out).mtimeMs;
    await expect(record(skip, ['true'], out)).rejects.toMatchObject({ code: 'E_CONFLICT' });
    expect(statSync(out).mtimeMs).toBe(before);
  });

  it('says that there is no such program', () => {
    expect(
      () => new LaunchedProgram({ words: ['no such'], stdout: 'stdout', path: '/bin:/nowhere' }),
    ).toThrow('E_USAGE');
    expect(() => new LaunchedProgram({ words: ['/tmp'], stdout: 'stdout', path: undefined })).toThrow(
      'E_USAGE',
    );
  });
});
