/** Brings the memory of a running process in, or puts it away, and looks at what came of it. */
import { KeelError } from '../base/errors.ts';
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import { KIB, MIB } from '../base/units.ts';
import type { Host } from '../host/host.ts';
import { machineMemory } from '../kernel/proc/meminfo.ts';
import { type MappingPages, taskSmaps } from '../kernel/task/smaps.ts';
import { processStat } from '../kernel/task/stat.ts';
import {
  type MemoryState,
  type MemoryWish,
  missingBytes,
  type Warmth,
  type WishedMapping,
  wishedMappings,
} from '../model/warming.ts';
import { KernelError } from '../native/libc.ts';
import { cachedPages } from '../native/page-cache.ts';
import { Pidfd } from '../native/pidfd.ts';
import { type Advice, adviseProcess } from '../native/process-madvise.ts';
import { fileOf } from './address-spaces.ts';
import type { Clock } from './clock.ts';
import { openImage } from './code-files.ts';
import type { FoundTarget } from './find-targets.ts';

export interface WarmRequest {
  readonly target: FoundTarget;
  readonly wish: MemoryWish;
  /** Only mappings of files whose path ends so; null for all memory. */
  readonly only: string | null;
}

export interface WarmPlan extends WarmRequest {
  readonly mappings: readonly WishedMapping[];
  readonly before: MemoryState;
  readonly availableBytes: number | null;
}

export interface Warmed {
  readonly after: MemoryState;
  readonly elapsedNs: number;
  /** What the kernel took the advice for. */
  readonly advisedBytes: number;
  /** Mappings it was refused for, or that were gone by then. */
  readonly refused: number;
  /** The reading had not ended when we stopped waiting. */
  readonly stillReading: boolean;
}

/** Missing where the process has ended or may not be looked at. */
export function planWarming(host: Host, request: WarmRequest): Maybe<WarmPlan> {
  const mappings = readMappings(host, request.target);
  if (isMissing(mappings)) return mappings;
  const wished = wishedMappings(mappings, request.wish, request.only);
  const memory = orNull(host.read(machineMemory));
  return {
    ...request,
    mappings: wished,
    before: stateOf(host, request.target, mappings, wished),
    availableBytes: memory?.availableBytes ?? null,
  };
}

/** What is there now of what was planned; null where the process has ended, or may not be looked at any more. */
export function stateNow(host: Host, plan: WarmPlan): MemoryState | null {
  const mappings = readMappings(host, plan.target);
  return isMissing(mappings) ? null : stateOf(host, plan.target, mappings, plan.mappings);
}

/** The identity is looked at after the mappings were read, so they are this process's. */
function readMappings(host: Host, { tgid: pid, startTicks }: FoundTarget): Maybe<readonly MappingPages[]> {
  const mappings = host.read(taskSmaps, { pid });
  const stat = host.read(processStat, { pid });
  if (isMissing(stat) || stat.startTicks !== startTicks) return missing('gone', `process ${pid}`);
  return mappings;
}

const ADVICE_FOR: Readonly<Record<MemoryWish, Advice>> = {
  warm: 'willneed',
  cold: 'cold',
  pageout: 'pageout',
};
/** Advice is asked for in pieces, so that Ctrl-C is heard in between. */
const PIECE_BYTES = 64 * MIB;
/**
 * Of a file the kernel reads no more for one call than its device takes at once (mm/readahead.c, force_page_cache_ra),
 * and says nothing of the rest: 32 MiB asked for in one call brought 8. This is the usual read-ahead, and below that.
 */
const FILE_PIECE_BYTES = 128 * KIB;
const LOOK_EVERY_NS = 50e6;
/** A reading that makes no progress for so long is over, or stuck. */
const PATIENCE_NS = 1e9;

/** @throws KeelError E_PRIVILEGE, E_GONE, E_UNSUPPORTED, E_INTERRUPTED */
export async function warmMemory(
  host: Host,
  clock: Clock,
  plan: WarmPlan,
  signal: AbortSignal,
): Promise<Warmed> {
  const { target, wish, mappings } = plan;
  const began = clock.monotonicNs();
  const process = hold(host, target);
  let [advisedBytes, refused] = [0, 0];
  try {
    for (const { mapping, isFile } of mappings) {
      const stepBytes = isFile && wish === 'warm' ? FILE_PIECE_BYTES : PIECE_BYTES;
      let at = 0;
      while (at < mapping.bytes) {
        // Signals are heard between calls that are awaited.
        if (at % PIECE_BYTES === 0) await clock.sleep(0, signal);
        if (signal.aborted) throw interrupted();
        const pieceBytes = Math.min(stepBytes, mapping.bytes - at);
        const bytes = advise(process, mapping.address + at, pieceBytes, ADVICE_FOR[wish]);
        advisedBytes += bytes;
        at += bytes;
        if (bytes < pieceBytes) break;
      }
      if (at < mapping.bytes) refused += 1;
    }
  } finally {
    process.close();
  }
  const settled = await settle(host, clock, plan, signal);
  return { ...settled, elapsedNs: Number(clock.monotonicNs() - began), advisedBytes, refused };
}

/** Holds the process that was meant, or none. @throws KeelError E_GONE */
function hold(host: Host, { tgid, comm, startTicks }: FoundTarget): Pidfd {
  const gone = () =>
    new KeelError('E_GONE', {
      what: { en: `${comm} ${tgid} has ended`, ko: `${comm} ${tgid}이(가) 끝났습니다` },
    });
  let process: Pidfd;
  try {
    process = new Pidfd(tgid);
  } catch (error) {
    if (error instanceof KernelError && error.errnoName === 'ESRCH') throw gone();
    throw error;
  }
  const stat = host.read(processStat, { pid: tgid });
  if (!isMissing(stat) && stat.startTicks === startTicks) return process;
  process.close();
  throw gone();
}

/** @returns bytes advised; 0 where the mapping is gone or cannot be advised about */
function advise(process: Pidfd, address: number, bytes: number, advice: Advice): number {
  try {
    return adviseProcess(process, address, bytes, advice);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (/^(ENOMEM|EINVAL|EBADF|EIO)$/.test(error.errnoName)) return 0;
    throw refusal(error);
  }
}

function refusal(error: KernelError): KeelError {
  if (error.errnoName === 'EPERM') {
    return new KeelError('E_PRIVILEGE', {
      what: {
        en: 'advising another process needs CAP_SYS_NICE and the right to trace it; nothing of it was changed',
        ko: '다른 프로세스에 조언하려면 CAP_SYS_NICE와 추적 권한이 필요합니다. 아무것도 바꾸지 않았습니다',
      },
      next: [{ en: 'Run it with sudo', ko: 'sudo로 실행하세요' }],
    });
  }
  if (error.errnoName === 'ENOSYS') {
    return new KeelError('E_UNSUPPORTED', {
      what: {
        en: 'this kernel has no process_madvise(2): Linux 5.10 brought it',
        ko: '이 커널에는 process_madvise(2)가 없습니다 (Linux 5.10부터)',
      },
    });
  }
  if (error.errnoName === 'ESRCH') {
    return new KeelError('E_GONE', { what: { en: 'the target has ended', ko: '대상이 끝났습니다' } });
  }
  return new KeelError('E_KERNEL', { what: { en: error.message, ko: error.message }, cause: error });
}

export function interrupted(): KeelError {
  return new KeelError('E_INTERRUPTED', {
    what: {
      en: 'interrupted; what was brought in stays until the kernel needs the room',
      ko: '중단되었습니다. 이미 가져온 것은 커널이 자리를 필요로 할 때까지 남습니다',
    },
  });
}

/** The kernel reads on its own: waits until all is there, or nothing more comes. */
async function settle(
  host: Host,
  clock: Clock,
  plan: WarmPlan,
  signal: AbortSignal,
): Promise<Pick<Warmed, 'after' | 'stillReading'>> {
  let last = plan.before;
  let mostBytes = thereBytes(last);
  let progressNs = clock.monotonicNs();
  for (;;) {
    const mappings = readMappings(host, plan.target);
    if (isMissing(mappings)) return { after: last, stillReading: false };
    const after = stateOf(host, plan.target, mappings, plan.mappings);
    const isDone = plan.wish !== 'warm' || missingBytes({ ...after, swapBytes: 0 }) === 0;
    // More than ever: where it comes and goes, somebody takes it away again, and waiting longer brings no more.
    if (thereBytes(after) > mostBytes) [mostBytes, progressNs] = [thereBytes(after), clock.monotonicNs()];
    const isQuiet = Number(clock.monotonicNs() - progressNs) > PATIENCE_NS;
    if (isDone && after.swapBytes === 0) return { after, stillReading: false };
    if (isQuiet || plan.wish !== 'warm') return { after, stillReading: false };
    if (signal.aborted) return { after, stillReading: true };
    last = after;
    await clock.sleep(LOOK_EVERY_NS, signal);
  }
}

function thereBytes({ files, swapCachedBytes }: MemoryState): number {
  return files.reduce((sum, file) => sum + (file.cachedBytes ?? 0), swapCachedBytes ?? 0);
}

function stateOf(
  host: Host,
  target: FoundTarget,
  mappings: readonly MappingPages[],
  wished: readonly WishedMapping[],
): MemoryState {
  const pageBytes = host.facts.pageBytes ?? 4096;
  const byPath = new Map<string, MappingPages[]>();
  for (const { mapping, isFile } of wished) {
    if (isFile) byPath.set(mapping.path, [...(byPath.get(mapping.path) ?? []), mapping]);
  }
  const meant = new Set(wished.map(({ mapping }) => mapping.address));
  const now = mappings.filter((mapping) => meant.has(mapping.address));
  return {
    files: [...byPath].map(([path, all]) => warmthOf(target, path, all, pageBytes)),
    residentBytes: now.reduce((sum, mapping) => sum + mapping.residentBytes, 0),
    swapBytes: now.reduce((sum, mapping) => sum + mapping.swapBytes, 0),
    swapCachedBytes: orNull(host.read(machineMemory))?.swapCachedBytes ?? null,
  };
}

/** What lies behind the end of the file can never be there, and is left out. */
function warmthOf(
  target: FoundTarget,
  path: string,
  mappings: readonly MappingPages[],
  pageBytes: number,
): Warmth {
  const [first] = mappings;
  const mappedBytes = mappings.reduce((sum, mapping) => sum + mapping.bytes, 0);
  if (first === undefined) return { path, mappedBytes, cachedBytes: null };
  const file = openImage({ path, file: fileOf(first), tgid: target.tgid });
  if (isMissing(file)) return { path, mappedBytes, cachedBytes: null };
  try {
    const endBytes = Math.ceil(file.totalBytes / pageBytes) * pageBytes;
    const parts = mappings.map(({ offset, bytes }) => ({
      offset,
      bytes: Math.max(0, Math.min(bytes, endBytes - offset)),
    }));
    const pages = parts.reduce((sum, part) => sum + cachedPages(file.fd, part.offset, part.bytes), 0);
    return {
      path,
      mappedBytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      cachedBytes: pages * pageBytes,
    };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return { path, mappedBytes, cachedBytes: null };
  } finally {
    file.close();
  }
}
