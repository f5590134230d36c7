/** Collecting: exact at any rate and size of ring, beside a main thread that lives; and nothing is left when it fails. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isMissing, missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { kernelBtf } from '../kernel/image/btf.ts';
import type { FaultRecording } from '../model/faults/recording.ts';
import { PerfEvent } from '../native/perf-event.ts';
import { encodeAttributes } from '../perf/attributes.ts';
import { FAULT_ROLES, faultEvent } from '../perf/fault-samples.ts';
import { systemClock } from './clock.ts';
import { loadFaultRecords } from './load-fault-records.ts';
import { openLiveHost } from './open-host.ts';
import { type FaultRequest, recordFaults } from './record-faults.ts';
import { orSkip } from './testing/or-skip.ts';

/** The collecting threads, to end them as a crash would. */
const workers = vi.hoisted((): Worker[] => []);
vi.mock('../native/start-worker.ts', async (importActual) => {
  const { startWorker } = await importActual<typeof import('../native/start-worker.ts')>();
  return {
    startWorker(...args: Parameters<typeof startWorker>) {
      const worker = startWorker(...args);
      workers.push(worker);
      return worker;
    },
  };
});

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/first_touches.py');
const hasPython = spawnSync('python3', ['-c', 'import mmap; mmap.MADV_NOHUGEPAGE']).status === 0;
const host = openLiveHost();
const probe = loadFaultRecords(host, {
  wholeMachine: false,
  callchains: false,
  pagePlaces: false,
  bufferBytes: 4096,
});
const noRecords = isMissing(probe) ? (probe.detail ?? probe.path) : null;
if (!isMissing(probe)) probe[Symbol.dispose]();

let child: ChildProcess;
let lines: AsyncIterator<string>;
const faultsSoFar = () => {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[7]) + Number(fields[9]);
};
const touch = async (mebibytes: number) => {
  child.stdin?.write(`${mebibytes} 0\n`);
  await lines.next();
};

beforeEach(async () => {
  if (!hasPython) return;
  const started = spawn('python3', [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = started;
  lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  await lines.next();
  await touch(1);
});
afterEach(() => child?.kill('SIGKILL'));

interface Recorded {
  readonly recording: FaultRecording;
  /** What the kernel's memory management counted meanwhile. */
  readonly kernelFaults: number;
}

/** Touches so much memory while it is recorded. */
async function record(
  mebibytes: number,
  options: Partial<FaultRequest> = {},
  on: Host = host,
): Promise<Recorded> {
  const stop = new AbortController();
  let kernelFaults = Number.NaN;
  const recording = await recordFaults(on, systemClock, {
    subject: { kind: 'processes', tgids: [child.pid as number] },
    durationNs: 60e9,
    callchains: false,
    ...options,
    signal: stop.signal,
    async started() {
      const before = faultsSoFar();
      await touch(mebibytes);
      kernelFaults = faultsSoFar() - before;
      stop.abort();
    },
  });
  return { recording, kernelFaults };
}

/** Events, programs, maps and links: the kernel drops them with their descriptors and mappings. */
const perfEvents = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return /perf_event|bpf/.test(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      return false;
    }
  }).length;
const perfMappings = () =>
  readFileSync('/proc/self/maps', 'latin1').match(/perf_event|bpf-map/g)?.length ?? 0;
const attached = () => ({ descriptors: perfEvents(), mappings: perfMappings() });

describe.skipIf(!hasPython)('collecting (skipped without python3)', () => {
  describe.each(['bpf', 'ring'] as const)('by %s', (only) => {
    it.for([
      { ring: 'a ring of one page', ringBytes: 4096, callchains: false },
      { ring: 'a ring of one page', ringBytes: 4096, callchains: true },
      { ring: 'the usual ring', ringBytes: undefined, callchains: false },
      { ring: 'the usual ring', ringBytes: undefined, callchains: true },
    ])('tells every fault or that it is lost: $ring, callers $callchains', async (use, { skip }) => {
      if (only === 'bpf' && noRecords !== null) return skip(noRecords);
      const { ringBytes, callchains } = use;
      const result = await orSkip(skip, () => record(64, { only, ringBytes, callchains }));
      if (result === null) return;
      const { recording, kernelFaults } = result;
      const { counted, lost, unpaired, summary, userOnly } = recording;
      expect(recording.obtainedBy).toBe(only);
      if (!userOnly) expect(Number(counted.minor + counted.major)).toBe(kernelFaults);
      // A whole fault is one record, else it is two: its entry and its end.
      const [records, made] =
        only === 'bpf' ? [1, counted.entry] : [2, counted.entry + counted.minor + counted.major];
      expect(records * summary.total.faults + lost + unpaired).toBe(Number(made));
      if (ringBytes === undefined) expect([lost, unpaired]).toEqual([0, 0]);
      else expect(lost).toBeGreaterThan(0);
    });
  });

  it('leaves the main thread free', async ({ skip }) => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    const result = await orSkip(skip, () =>
      record(256, {
        spool: { memoryBytes: 1 << 20, folder: tmpdir() },
      }).finally(() => clearInterval(timer)),
    );
    if (result === null) return;
    // The touching alone takes a tenth of a second; a thread that drained rings would get no turn in between.
    expect(turns).toBeGreaterThan(5);
    expect(result.recording.lost).toBe(0);
  });

  it('is the same from memory and from a file', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'keel-collect-'));
    const result = await orSkip(skip, () =>
      record(64, { spool: { memoryBytes: 0, folder, chunkBytes: 64 * 1024 } }),
    ).finally(() => rmSync(folder, { recursive: true }));
    if (result === null) return;
    const { recording, kernelFaults } = result;
    expect(recording.lost).toBe(0);
    if (!recording.userOnly) expect(recording.summary.total.faults).toBe(kernelFaults);
  });

  it('goes by rings where there are no types of the kernel', async ({ skip }) => {
    const without = host.through((inner) => ({
      text: (kind, path) => (path === kernelBtf.path ? missing('absent', path) : inner.text(kind, path)),
    }));
    process.env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), 'keel-cache-'));
    try {
      const result = await orSkip(skip, () => record(4, {}, without));
      if (result !== null)
        expect(result.recording).toMatchObject({ obtainedBy: 'ring', lost: 0, unpaired: 0 });
    } finally {
      rmSync(process.env.XDG_CACHE_HOME, { recursive: true });
      delete process.env.XDG_CACHE_HOME;
    }
  });

  it('leaves nothing attached, however it ends', async ({ skip }) => {
    const before = attached();
    if ((await orSkip(skip, () => record(4))) === null) return;
    expect(attached()).toEqual(before);
    const gone = join(tmpdir(), 'keel-no-such-folder');
    const failing = [
      record(64, { spool: { memoryBytes: 0, folder: gone, chunkBytes: 4096 } }),
      record(1, { spool: { memoryBytes: 0, folder: gone, chunkBytes: -1 } }),
    ];
    const [noFolder, noChunk] = await Promise.allSettled(failing);
    expect(noFolder).toMatchObject({ reason: { code: 'E_IO' } });
    expect(noChunk).toMatchObject({ reason: { code: 'E_INTERNAL' } });
    expect(attached()).toEqual(before);
  });

  it('says that the collecting thread died, and watches nothing any more', async ({ skip }) => {
    const before = attached().descriptors;
    const recorded = orSkip(skip, () =>
      recordFaults(host, systemClock, {
        subject: { kind: 'processes', tgids: [child.pid as number] },
        durationNs: 60e9,
        callchains: false,
        signal: new AbortController().signal,
        started: () => void workers.at(-1)?.terminate(),
      }),
    );
    await expect(recorded).rejects.toMatchObject({ code: 'E_INTERNAL' });
    expect(attached().descriptors).toBe(before);
  });

  it('says that there is no room for its file', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'keel-full-'));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'keel', folder]).status !== 0)
      return skip('this user may not mount a small file system');
    try {
      const recorded = record(64, { spool: { memoryBytes: 0, folder, chunkBytes: 256 * 1024 } });
      await expect(recorded).rejects.toMatchObject({ code: 'E_IO' });
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    }
  });

  it('ends with its target, in the middle of many faults', async ({ skip }) => {
    const recording = await orSkip(skip, () =>
      recordFaults(host, systemClock, {
        subject: { kind: 'processes', tgids: [child.pid as number] },
        durationNs: 60e9,
        signal: new AbortController().signal,
        callchains: true,
        async started() {
          child.stdin?.write('4096 0\n');
          while (faultsSoFar() < 20_000) await new Promise((resolve) => setTimeout(resolve, 5));
          child.kill('SIGKILL');
          await once(child, 'exit');
        },
      }),
    );
    if (recording === null) return;
    const { counted, lost, unpaired, summary } = recording;
    expect(summary.total.faults).toBeGreaterThan(10_000);
    if (recording.obtainedBy === 'bpf')
      expect(summary.total.faults + lost + unpaired).toBe(Number(counted.entry));
  });
});

it('asks the kernel for nothing that an ordinary user may not have', ({ skip }) => {
  if (process.getuid?.() !== 0) return skip('only root can become an ordinary user');
  if (Number(readFileSync('/proc/sys/kernel/perf_event_paranoid', 'utf8')) > 2)
    return skip('this kernel shows ordinary users no events at all');
  const sampling = {
    callchains: true,
    pages: true,
    pagePlaces: false,
    excludeKernel: true,
    inherit: true,
    enableOnExec: false,
  };
  process.seteuid?.(65_534);
  try {
    for (const role of FAULT_ROLES) {
      const event = new PerfEvent(encodeAttributes(faultEvent(role, sampling)), { tid: process.pid });
      event.close();
    }
  } finally {
    process.seteuid?.(0);
  }
});
