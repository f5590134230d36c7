import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRecording } from '../model/faults/recording.ts';
import { systemClock } from './clock.ts';
import { openLiveHost } from './open-host.ts';
import { type FaultRequest, recordFaults } from './record-faults.ts';
import { orSkip } from './testing/or-skip.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/page_faults.py');
const hasPython = spawnSync('python3', ['-c', 'import mmap; mmap.MADV_NOHUGEPAGE']).status === 0;

/** The faults that the program counted itself. */
interface OwnCount {
  readonly minor: number;
  readonly major: number;
}

let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));

async function recordProgram(
  args: readonly string[],
  options: Partial<FaultRequest> = {},
): Promise<{ recording: FaultRecording; own: OwnCount }> {
  const program = spawn('python3', [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = program;
  const lines: Interface = createInterface({ input: program.stdout });
  await once(lines, 'line');
  const stop = new AbortController();
  const host = openLiveHost();
  const subject = { kind: 'processes', tgids: [program.pid as number] } as const;
  const done = recordFaults(host, systemClock, {
    subject,
    durationNs: 60e9,
    signal: stop.signal,
    callchains: false,
    ...options,
    started: () => program.stdin.write('go\n'),
  });
  // A refusal comes instead of the line.
  done.catch(() => program.kill());
  const [counts = ''] = (await Promise.race([once(lines, 'line'), done.then(() => [])])) as string[];
  stop.abort();
  const recording = await done;
  const [minor = Number.NaN, major = Number.NaN] = counts.split(' ').map(Number);
  return { recording, own: { minor, major } };
}

/** Machines that let nobody watch, such as containers, say so with E_PRIVILEGE. */

describe.skipIf(!hasPython)('recordFaults (skipped without python3)', () => {
  it('sees every fault that the kernel counts, and pairs each', async ({ skip }) => {
    const result = await orSkip(skip, () => recordProgram(['touch', '64']));
    if (result === null) return;
    const { recording, own } = result;
    const { counted, summary } = recording;
    expect(own.minor).toBeGreaterThanOrEqual(64 * 256);
    expect(Number(counted.minor)).toBeGreaterThanOrEqual(own.minor);
    if (recording.lost === 0) {
      expect(recording.unpaired).toBe(0);
      expect(BigInt(summary.total.faults)).toBe(counted.entry);
      expect(BigInt(summary.total.faults)).toBe(counted.minor + counted.major);
    }
    expect(recording.addressMismatches).toBe(0);
    const memory = summary.byMapping.find((share) => share.kind === 'anonymous');
    expect(memory?.faults).toBeGreaterThanOrEqual(64 * 256 - recording.lost);
    expect(summary.byCause[0]?.cause).toMatch(/^first-touch/);
  });

  it('finds the stall of a cold file, most of which is booked as minor faults', async ({ skip }) => {
    const folder = mkdtempSync(join(import.meta.dirname, '.cold-'));
    try {
      const file = join(folder, 'cold file\n.bin');
      const result = await orSkip(skip, () => recordProgram(['cold', file, '64']));
      if (result === null) return;
      const { recording, own } = result;
      const mapping = recording.summary.byMapping.find((share) => share.path === file);
      expect(mapping).toMatchObject({ kind: 'file' });
      const causes = recording.summary.byCause.map((share) => share.cause);
      expect(own.major).toBeGreaterThan(0);
      expect(causes).toContain('file-read');
      // Whoever reads ahead is quicker than the reader on some machines; then there is nothing to wait for.
      const waits = recording.summary.byCause.find((share) => share.cause === 'read-ahead-wait');
      if (waits !== undefined) expect(waits.minor).toBe(waits.faults);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('ends when its target does', async ({ skip }) => {
    const program = spawn('python3', ['-c', 'import sys; sys.stdin.readline()'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child = program;
    const recording = await orSkip(skip, async () => {
      const done = recordFaults(openLiveHost(), systemClock, {
        subject: { kind: 'processes', tgids: [program.pid as number] },
        durationNs: 60e9,
        signal: new AbortController().signal,
        callchains: false,
        started: () => program.stdin.end('\n'),
      });
      return done;
    });
    if (recording !== null) expect(recording.elapsedNs).toBeLessThan(30e9);
  });

  it('says that a target is gone', async () => {
    const program = spawn('python3', ['-c', '']);
    await once(program, 'exit');
    const request = {
      subject: { kind: 'processes', tgids: [program.pid as number] } as const,
      durationNs: 1e9,
      signal: new AbortController().signal,
      callchains: false,
    };
    await expect(recordFaults(openLiveHost(), systemClock, request)).rejects.toMatchObject({
      code: 'E_GONE',
    });
  });
});
