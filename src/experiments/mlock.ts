/**
 * `keel bench mlock`: what locking memory does and what it does not. In a process of its own, so that keel itself is not
 * locked: a part of a file is locked and all of it paged out; then everything is locked; then the process forks and
 * starts a program.
 */
import type { Maybe } from '../base/missing.ts';
import { MIB } from '../base/units.ts';
import { pageBytes } from '../native/thread-usage.ts';
import { fittingBytes } from './conditions/size.ts';
import type { Bench, Experiment } from './experiment.ts';
import { type MlockRun, mlockReport } from './reports/mlock.ts';
import { type Phase, wholePages } from './workers/fresh-area.ts';
import { StageProcess } from './workers/stage-process.ts';
import type { ReadAgain } from './workers/stage-steps.ts';

const DEFAULT_BYTES = 64 * MIB;
const LEAST_BYTES = MIB;
const MOST_CRITICAL_BYTES = MIB;
/** The rest must be worth paging out. */
const CRITICAL_RATIO = 0.25;
const DEFAULT_REPETITIONS = 3;
/** Read twice from storage in each repetition; measured on a slow disk. */
const EXPECTED_NS_PER_BYTE = 10;
const START_NS = 1e9;

export default {
  name: 'mlock',
  takes: ['size', 'repeats'],
  defaultCpus: 'one',
  defaultPages: 'small',
  expectedNs: ({ sizeBytes, repetitions }) =>
    START_NS + (repetitions ?? DEFAULT_REPETITIONS) * (sizeBytes ?? DEFAULT_BYTES) * EXPECTED_NS_PER_BYTE,
  async run(bench) {
    const bytes = wholePages(fittingBytes(bench, DEFAULT_BYTES, LEAST_BYTES), 'small');
    const criticalBytes = wholePages(Math.min(MOST_CRITICAL_BYTES, bytes * CRITICAL_RATIO), 'small');
    const stage = new StageProcess(bench.signal);
    try {
      await stage.do('begin', { cpu: bench.cpus.ids()[0] ?? 0, bytes, criticalBytes });
      return mlockReport({
        bytes,
        criticalBytes,
        pageBytes: pageBytes(),
        locking: bench.readLocking(stage.pid),
        ...(await lockPart(bench, stage)),
        ...(await lockEverything(bench, stage)),
        ...(await forkLocked(bench, stage)),
      });
    } finally {
      stage.end();
    }
  },
  work: () => null,
} satisfies Experiment<null, null>;

async function lockPart(bench: Bench, stage: StageProcess): Promise<Pick<MlockRun, 'part'>> {
  // Pages just written wait in lists of each CPU before they can be paged out: the first time is thrown away.
  await stage.do('evictAndRead');
  const unlocked = await readAgain(bench, stage);
  const lock = await stage.do('lockCritical');
  const { lockedBytes } = bench.readLocking(stage.pid);
  const locked = lock.refused === null ? await readAgain(bench, stage) : [];
  if (lock.refused === null) await stage.do('unlockCritical');
  return { part: { unlocked, lock, lockedBytes, locked } };
}

async function readAgain({ repetitions }: Bench, stage: StageProcess): Promise<readonly ReadAgain[]> {
  const all: ReadAgain[] = [];
  for (let i = 0; i < (repetitions ?? DEFAULT_REPETITIONS); i += 1) all.push(await stage.do('evictAndRead'));
  return all;
}

async function lockEverything(bench: Bench, stage: StageProcess): Promise<Pick<MlockRun, 'everything'>> {
  const before = bench.readLocking(stage.pid);
  const lock = await stage.do('lockAll');
  if (lock.refused !== null) return { everything: { before, lock, done: null } };
  const after = bench.readLocking(stage.pid);
  const newMapping = await stage.do('mapNew');
  const { pid } = await stage.do('startProgram');
  const program = bench.readLocking(pid).lockedBytes;
  await stage.do('endProgram');
  const unlock = await stage.do('unlockAll');
  const unlockedBytes = bench.readLocking(stage.pid).lockedBytes;
  return { everything: { before, lock, done: { after, newMapping, program, unlock, unlockedBytes } } };
}

async function forkLocked(bench: Bench, stage: StageProcess): Promise<Pick<MlockRun, 'fork'>> {
  const lock = await stage.do('lockOwn');
  if (lock.refused !== null) return { fork: { lock, done: null } };
  const ownBytes = bench.readLocking(stage.pid).lockedBytes;
  const written: Phase[] = [];
  let copyBytes: Maybe<number> = ownBytes;
  for (let i = 0; i < (bench.repetitions ?? DEFAULT_REPETITIONS); i += 1) {
    const { pid } = await stage.do('forkCopy');
    copyBytes = bench.readLocking(pid).lockedBytes;
    written.push(await stage.do('writeAfterFork'));
  }
  return { fork: { lock, done: { ownBytes, copyBytes, written } } };
}
