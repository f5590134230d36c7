/** The program of the stage process: memory of its own and of a file, to be locked, paged out, copied. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CpuSet } from '../../base/cpu-set.ts';
import { MIB } from '../../base/units.ts';
import { setAffinity } from '../../native/affinity.ts';
import { SleepingCopy } from '../../native/fork.ts';
import { KernelError } from '../../native/libc.ts';
import { lockAllMemory, lockMemory, unlockAllMemory, unlockMemory } from '../../native/lock-memory.ts';
import { adviseOwn, mapAnew, mapFileOver } from '../../native/own-memory.ts';
import { pageBytes } from '../../native/thread-usage.ts';
import { FreshArea, type Phase, phaseOf } from './fresh-area.ts';
import type { Setting, StageReply, StageRequest, StepAnswers, StepName, Tried } from './stage-steps.ts';

/** Longer than the step that looks at it. */
const COPY_SECONDS = 60;
const REHEARSALS = 100;

class Stage {
  /** Behind it is the file. */
  readonly #file: FreshArea;
  /** Anonymous memory of the critical size, and one page more to rehearse on. */
  readonly #own: FreshArea;
  readonly #criticalBytes: number;
  #copy: SleepingCopy | null = null;
  #program: ChildProcess | null = null;

  constructor({ cpu, bytes, criticalBytes }: Setting) {
    setAffinity(0, CpuSet.of(cpu));
    this.#file = new FreshArea(bytes);
    this.#own = new FreshArea(criticalBytes + pageBytes());
    this.#criticalBytes = criticalBytes;
    mapTemporaryFile(this.#file);
    this.#own.renew('small');
  }

  get pageBytes(): number {
    return this.#own.pageBytes;
  }

  get #critical(): Uint8Array {
    return this.#file.whole.subarray(0, this.#criticalBytes);
  }

  lockCritical(): Tried {
    return tried(() => lockMemory(this.#critical));
  }

  unlockCritical(): Tried {
    return tried(() => unlockMemory(this.#critical));
  }

  evictAndRead(): StepAnswers['evictAndRead'] {
    const { touch, offset, bytes, whole } = this.#file;
    const { refused } = tried(() => adviseOwn(this.#critical, 'pageout'));
    adviseOwn(whole.subarray(this.#criticalBytes), 'pageout');
    const step = this.pageBytes;
    const read = (from: number, length: number) =>
      phaseOf(() => void touch.read(offset + from, step, length / step));
    return {
      criticalKept: refused,
      critical: read(0, this.#criticalBytes),
      rest: read(this.#criticalBytes, bytes - this.#criticalBytes),
    };
  }

  lockAll(): Tried {
    globalThis.gc?.();
    return tried(lockAllMemory);
  }

  unlockAll(): Tried {
    return tried(unlockAllMemory);
  }

  mapNew(): StepAnswers['mapNew'] {
    return {
      mapped: phaseOf(() => mapAnew(this.#own.whole.subarray(0, this.#criticalBytes))),
      written: this.#writeOwn(),
    };
  }

  lockOwn(): Tried {
    this.#own.populate();
    return tried(() => lockMemory(this.#own.whole.subarray(0, this.#criticalBytes)));
  }

  forkCopy(): StepAnswers['forkCopy'] {
    this.#copy = new SleepingCopy(COPY_SECONDS);
    return { pid: this.#copy.pid };
  }

  writeAfterFork(): StepAnswers['writeAfterFork'] {
    const phase = this.#writeOwn();
    this.#copy?.end();
    this.#copy = null;
    return phase;
  }

  /** A store to each critical page. */
  #writeOwn(): Phase {
    const { touch, offset } = this.#own;
    const pages = this.#criticalBytes / this.pageBytes;
    const write = (from: number, count: number) =>
      phaseOf(() => void touch.write(offset + from, this.pageBytes, count));
    // A copy write-protects this thread's own stack and heap too. A rehearsal takes those faults.
    for (let i = 0; i < REHEARSALS; i += 1) write(this.#criticalBytes, 1);
    return write(0, pages);
  }

  /** It waits for input that never comes; it runs already when this returns, since libuv waits for its exec. */
  startProgram(): StepAnswers['startProgram'] {
    this.#program = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    const { pid } = this.#program;
    if (pid === undefined) throw new Error('cat cannot be started');
    return { pid };
  }

  endProgram(): null {
    this.#program?.kill('SIGKILL');
    this.#program = null;
    return null;
  }
}

/** Without a name from then on: it goes with the process, however that ends. */
function mapTemporaryFile(area: FreshArea): void {
  const folder = mkdtempSync(join(tmpdir(), 'keel-bench-'));
  try {
    const fd = openSync(join(folder, 'data'), 'w+', 0o600);
    const chunk = new Uint8Array(Math.min(MIB, area.bytes)).fill(1);
    for (let written = 0; written < area.bytes; )
      written += writeSync(fd, chunk, 0, Math.min(chunk.length, area.bytes - written));
    // Pages that are not on storage yet could not be dropped.
    fsyncSync(fd);
    mapFileOver(area.whole, fd);
    closeSync(fd);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws what is no refusal of the kernel */
function tried(work: () => void): Tried {
  try {
    return { phase: phaseOf(work), refused: null };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return { phase: null, refused: { call: error.call, errnoName: error.errnoName } };
  }
}

let stage: Stage | null = null;

function take(step: StepName, job: Setting | null): unknown {
  if (step === 'begin') {
    if (job === null) throw new Error('the stage begins without a setting');
    stage = new Stage(job);
    return { pageBytes: stage.pageBytes };
  }
  if (stage === null) throw new Error(`${step} before the stage has begun`);
  return stage[step]();
}

function reply({ step, job }: StageRequest): StageReply {
  try {
    return { kind: 'done', answer: take(step, job) };
  } catch (error) {
    return { kind: 'failed', what: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (request: StageRequest) => process.send?.(reply(request)));
process.on('disconnect', () => process.exit());
