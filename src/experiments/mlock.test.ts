import { describe, expect, it } from 'vitest';
import { missing } from '../base/missing.ts';
import { KIB, MIB } from '../base/units.ts';
import type { Locking } from './experiment.ts';
import { type MlockRun, mlockReport } from './reports/mlock.ts';

const phase = (wallMs: number, minorFaults: number, majorFaults = 0) => ({
  ns: wallMs * 1e6,
  wallNs: wallMs * 1e6,
  minorFaults,
  majorFaults,
});
const did = (wallMs: number, minorFaults: number) => ({ phase: phase(wallMs, minorFaults), refused: null });
const refused = { phase: null, refused: { call: 'mlock', errnoName: 'ENOMEM' } };
const limit = { soft: 8n * BigInt(MIB), hard: 'unlimited' } as const;

function lockingOf(lockedBytes: number, over: Partial<Locking> = {}): Locking {
  return { lockedBytes, residentBytes: 100 * MIB, limit, mayExceed: true, ...over };
}

const RUN: MlockRun = {
  bytes: 64 * MIB,
  criticalBytes: MIB,
  pageBytes: 4096,
  locking: lockingOf(0),
  part: {
    unlocked: [{ criticalKept: null, critical: phase(2.5, 15, 1), rest: phase(30, 450, 4) }],
    lock: did(0.2, 0),
    lockedBytes: MIB,
    locked: [
      {
        criticalKept: { call: 'madvise', errnoName: 'EINVAL' },
        critical: phase(0.02, 0),
        rest: phase(31, 454, 4),
      },
    ],
  },
  everything: {
    before: lockingOf(0),
    lock: did(35, 22_000),
    done: {
      after: lockingOf(20 * 1024 * MIB, { residentBytes: 240 * MIB }),
      newMapping: { mapped: phase(0.4, 256), written: phase(0.01, 0) },
      program: 0,
      unlock: did(6, 0),
      unlockedBytes: 0,
    },
  },
  fork: {
    lock: did(0.1, 0),
    done: { ownBytes: MIB, copyBytes: 0, written: [phase(1, 262), phase(0.8, 256), phase(0.8, 256)] },
  },
};

const english = (run: MlockRun) => mlockReport(run).conclusion.map(({ en }) => en);

describe('the report', () => {
  it('says what locking kept, against what page-out took otherwise', () => {
    expect(mlockReport(RUN).verdict.en).toBe(
      'Locked, 1 MiB stays: 0 faults after page-out (20 µs); not locked 16 faults, 1 of them major (2.50 ms)',
    );
  });

  it('tells the price, and where locks end', () => {
    expect(english(RUN)).toEqual([
      'RLIMIT_MEMLOCK 8 MiB soft, unlimited hard: it does not hold here (CAP_IPC_LOCK).',
      'The kernel does not page out what is locked (madvise: EINVAL).',
      'mlockall stopped the process for 35 ms and took what is resident from 100 MiB to 240 MiB; VmLck counts 20 GiB of address space, touched or not.',
      'What is mapped later is brought in at once: 256 faults by mmap, 0 at the first write.',
      'A program it starts has 0 B locked: exec clears it.',
      "After fork the child has 0 B locked, and the parent's own locked pages fault again: 256 of 256, since fork write-protects them.",
    ]);
  });

  it('has a row for each step, with medians', () => {
    const { rows } = mlockReport(RUN);
    expect(rows.map(({ step }) => step)).toEqual([
      'readUnlocked',
      'lockCritical',
      'readLocked',
      'readRest',
      'lockAll',
      'mapNew',
      'writeNew',
      'exec',
      'unlockAll',
      'lockOwn',
      'fork',
      'writeAfterFork',
    ]);
    expect(rows[1]).toMatchObject({ lockedBytes: MIB, wallNs: 200_000, refused: null });
    expect(rows.at(-1)).toMatchObject({ minorFaults: 256, samples: 3 });
  });

  it('names the limit where it is too low, and leaves out what could not be shown', () => {
    const low = lockingOf(0, { limit: { soft: BigInt(64 * KIB), hard: 65_536n }, mayExceed: false });
    const all = { phase: null, refused: { call: 'mlockall', errnoName: 'ENOMEM' } };
    const run: MlockRun = {
      ...RUN,
      locking: low,
      part: { ...RUN.part, lock: refused, lockedBytes: 0, locked: [] },
      everything: { before: low, lock: all, done: null },
      fork: { lock: refused, done: null },
    };
    const report = mlockReport(run);
    expect(report.verdict.en).toBe(
      'NOT LOCKED: RLIMIT_MEMLOCK allows 64 KiB, and 1 MiB were to be locked: ulimit -l 1024, LimitMEMLOCK= in the unit, or CAP_IPC_LOCK',
    );
    expect(english(run)).toEqual([
      'RLIMIT_MEMLOCK 64 KiB soft, 64 KiB hard: it holds here.',
      'mlockall is refused, mlockall: ENOMEM: all that is mapped is more than 64 KiB.',
    ]);
    expect(report.rows.find(({ step }) => step === 'lockCritical')).toMatchObject({
      lockedBytes: null,
      wallNs: null,
      samples: 0,
      refused: 'mlock: ENOMEM',
    });
    expect(report.gaps.map(({ field }) => field)).toEqual([
      'rows of step lockCritical',
      'rows of step lockAll',
      'rows of step lockOwn',
    ]);
  });

  it('warns where nothing could be paged out, as on tmpfs', () => {
    const run = { ...RUN, part: { ...RUN.part, unlocked: RUN.part.locked } };
    expect(mlockReport(run).warnings[0]?.en).toContain('TMPDIR');
  });

  it('does not take what could not be read for nothing', () => {
    const done = { ownBytes: MIB, copyBytes: missing('gone', 'status'), written: [phase(1, 256)] };
    const report = mlockReport({ ...RUN, fork: { lock: did(0.1, 0), done } });
    expect(report.conclusion.at(-1)?.en).toContain('the child has - locked');
    expect(report.rows.find(({ step }) => step === 'fork')?.lockedBytes).toBeNull();
    expect(report.gaps).toMatchObject([{ reason: 'gone' }]);
  });
});
