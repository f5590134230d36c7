import { describe, expect, it } from 'vitest';
import type { Watched } from '../../../app/watch-window.ts';
import { diagnose } from '../../../diagnosis/diagnose.ts';
import { diagnoseMemory } from '../../../diagnosis/memory-tree/diagnose-memory.ts';
import { type WindowParts, windowOf } from '../../../diagnosis/testing/windows.ts';
import { cells, createLook } from '../../output/look.ts';
import { whyOutput } from './render.ts';

const look = (language: 'en' | 'ko' = 'en', unicode = true) =>
  createLook({ language, width: 80, unicode, colour: false });

function watched(parts: WindowParts, over: Partial<Watched> = {}): Watched {
  const window = windowOf(parts);
  return {
    window,
    diagnosis: diagnose(window),
    memory: window.target === null ? null : diagnoseMemory(window),
    processes: 61,
    threads: 143,
    obtainedBy: 'proc',
    ownRunNs: 30_000_000,
    ended: [],
    ...over,
  };
}

const SEC = 1_000_000_000n;
const waiting = (tgid: number, delayNs: bigint) => ({
  tgid,
  comm: `arena${tgid}`,
  threads: [{ runDelayNs: delayNs, cpu: 1 }],
});
const hog = { tgid: 50, comm: 'zstd', threads: [{ cpu: 1, runTimeNs: 8n * SEC }] };
const busy: WindowParts = {
  processes: [waiting(1, 4n * SEC), waiting(2, 3n * SEC), waiting(3, 2n * SEC), hog],
  units: new Map([[50, 'backup.service']]),
  pressurePct: { cpu: 40 },
};

describe('keel why as text', () => {
  it('says the verdict first, the evidence, what it is not, and the next command last', () => {
    expect(whyOutput(watched(busy), { show: 4 }).lines(look()).join('\n')).toMatchInlineSnapshot(`
      "LATE BECAUSE ANOTHER TASK HELD THE CPU: zstd 50 (backup.service)
      T   40.0 %  arena1 1 was ready and waited for a CPU
                  run delay of this thread 4 s, it ran 0.0 %, meanwhile on CPU 1 zstd
                  50 (backup.service) ran 80.0 %
      T   30.0 %  arena2 2 was ready and waited for a CPU
                  run delay of this thread 3 s, it ran 0.0 %, meanwhile on CPU 1 zstd
                  50 (backup.service) ran 80.0 %
      T   40.0 %  there were more tasks ready to run than CPUs
                  some task waited 40.0 %, zstd 50 (backup.service) ran 80.0 %, arena1
                  1 ran 0.0 %
      T   20.0 %  arena3 3 was ready and waited for a CPU
                  run delay of this thread 2 s, it ran 0.0 %, meanwhile on CPU 1 zstd
                  50 (backup.service) ran 80.0 %
      Not the cause: periods stopped by a CPU quota 0.0 %, moves of a busy thread 0/s,
      major faults of a process 0/s, minor faults of a process 0/s, pages from swap
      0/s, pages that came back at a memory limit 0/s, waiting for swapped memory
      0.0 %, memory pressure 0.0 %, I/O pressure 0.0 %, steal 0.0 %.
      143 threads of 61 processes, 10.0 s, /proc read twice; that took 0.3 % of one
      CPU.
      Next: keel check 1    where it may run, and who else does"
    `);
  });

  it('shows other kinds before a third of the same', () => {
    const lines = whyOutput(watched(busy), { show: 3 }).lines(look());
    expect(lines.filter((line) => /^T /.test(line)).join()).toMatch(/arena1.*arena2.*more tasks ready/);
    expect(lines.join('\n')).toContain('1 more finding: --show 4');
  });

  it('ends with the screen where a process was steady, and with nothing where it has ended', () => {
    const steady = { target: new Set([50]), processes: [hog] };
    const last = (over: Partial<Watched> = {}) =>
      whyOutput(watched(steady, over), { show: 4 }).lines(look()).at(-1);
    expect(last()).toBe('Next: keel watch 50    to see it when it happens');
    const gone = { tgid: 50, comm: 'zstd', startTicks: 1n, tid: null };
    expect(last({ ended: [gone] })).not.toContain('Next');
  });

  it('says how close it came when nothing is unsteady', () => {
    const [first, second] = whyOutput(watched({ processes: [hog] }), { show: 4 }).lines(look());
    expect(first).toBe('NOTHING UNSTEADY in 10.0 s.');
    expect(second).toMatch(/^Closest: run delay of a thread 0\.0 %, /);
  });

  it('does not put on a target what happens elsewhere', () => {
    const parts = { ...busy, processes: [hog, waiting(1, 4n * SEC)], target: new Set([50]) };
    expect(whyOutput(watched(parts), { show: 4 }).lines(look())[0]).toBe(
      'NOTHING UNSTEADY in zstd 50; but the machine: CPUS ARE SHORT',
    );
  });

  it('does not call a target steady that has findings of its own behind those of the machine', () => {
    const both = watched({ ...busy, target: new Set([3]), pressurePct: { cpu: 90 } });
    expect(both.diagnosis.findings.map((one) => one.subject?.tgid ?? null)).toEqual([null, 3]);
    expect(whyOutput(both, { show: 4 }).lines(look())[0]).toBe('CPUS ARE SHORT');
  });

  it('does not call a target steady that ended', () => {
    const ended = [{ tgid: 9, comm: 'arena', startTicks: 1n, tid: null }];
    const [first] = whyOutput(watched({ target: new Set([9]) }, { ended }), { show: 4 }).lines(look());
    expect(first).toBe('NOT KNOWN: arena 9 ended within the 10.0 s.');
  });

  it.each(['en', 'ko'] as const)('fits 80 columns in %s, and no name steers the terminal', (language) => {
    const hostile = { ...waiting(1, 4n * SEC), comm: 'x\u001b[2J\ny' };
    for (const line of whyOutput(watched({ ...busy, processes: [hostile, hog] }), { show: 9 }).lines(
      look(language),
    )) {
      expect([line, cells(line) <= 80]).toEqual([line, true]);
      expect(line).not.toMatch(/[\u001b\n\u00a0]/);
    }
  });
});

describe('keel why as JSON', () => {
  it('has the fields that others rely on', () => {
    const { json, findings } = whyOutput(watched(busy), { show: 1 });
    expect(findings).toBe(4);
    expect(json).toMatchObject({
      schema: 'keel.why/1',
      windowNs: 1e10,
      verdict: 'LATE BECAUSE ANOTHER TASK HELD THE CPU: zstd 50 (backup.service)',
      next: 'keel check 1',
      overheadPct: 0.3,
      gaps: [],
    });
    expect((json.findings as { rule: string }[])[0]).toMatchObject({
      rule: 'waits-for-cpu',
      severity: 'critical',
      subject: { tgid: 1, tid: 1, comm: 'arena1' },
      evidence: [{ value: 4e9, unit: 'Ns' }, { unit: 'Pct' }, { value: 80 }],
      remedies: [{ command: 'keel check 1', undo: null }],
    });
  });
});
