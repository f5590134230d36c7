/** From a request to keep the files of a process in memory to the plan that is shown. Changes nothing. */
import { isMissing, type Maybe, type Missing, missing, orNull } from '../base/missing.ts';
import { machineMemory } from '../kernel/proc/meminfo.ts';
import { taskSmaps } from '../kernel/task/smaps.ts';
import { processStat } from '../kernel/task/stat.ts';
import { type AddressRange, totalBytes } from '../model/address-ranges.ts';
import { type MappedFile, mappedFiles, withinFile } from '../model/mapped-files.ts';
import { KernelError } from '../native/libc.ts';
import { cachedPages } from '../native/page-cache.ts';
import { fileOf } from './address-spaces.ts';
import { type OpenFile, openImage } from './code-files.ts';
import type { FoundTarget } from './find-targets.ts';
import { fileLimitTooLow, noFiles, noSuchMapping, tooManyFileBytes } from './lock-errors.ts';
import { type LockAllowance, readLockAllowance } from './read-lock-limit.ts';
import type { Workshop } from './workshop.ts';

export interface FileLockRequest {
  readonly target: FoundTarget;
  /** The ends of paths; null for all its files. */
  readonly only: readonly string[] | null;
}

export interface PlannedFile extends MappedFile {
  /** Of the bytes, in the page cache; null where the kernel does not tell. */
  readonly cachedBytes: number | null;
}

export interface LeftFile {
  readonly path: string;
  readonly bytes: number;
  readonly because: Missing;
}

/** `limit` and `isExempt` are those of keel, whose process locks. */
export interface FileLockPlan extends FileLockRequest, LockAllowance {
  /** The id it gets if it is applied next. */
  readonly id: string;
  /** By path; what of them lies within the file. */
  readonly files: readonly PlannedFile[];
  readonly bytes: number;
  /** null where it is not known of every file. */
  readonly cachedBytes: number | null;
  /** Mapped, and not to be kept: deleted or replaced since, or no plain file. */
  readonly left: readonly LeftFile[];
  readonly otherResidentBytes: number;
  readonly availableBytes: number | null;
}

/**
 * Missing where the mappings cannot be looked at.
 * @throws KeelError E_USAGE, E_UNSUPPORTED, E_CONFLICT, E_PRIVILEGE where they cannot be kept
 */
export function planFileLock({ host, journal }: Workshop, request: FileLockRequest): Maybe<FileLockPlan> {
  const { target, only } = request;
  const mappings = host.read(taskSmaps, { pid: target.tgid });
  const stat = host.read(processStat, { pid: target.tgid });
  if (isMissing(stat) || stat.startTicks !== target.startTicks) {
    return missing('gone', `process ${target.tgid}`);
  }
  if (isMissing(mappings)) return mappings;
  for (const name of only ?? []) {
    if (mappedFiles(mappings, [name]).files.length === 0) throw noSuchMapping(target, name);
  }
  const found = mappedFiles(mappings, only);
  const pageBytes = host.facts.pageBytes ?? 4096;
  const looked = found.files.map((file) => lookAt(target, file, pageBytes));
  const files = looked.filter((one) => 'ranges' in one).filter((one) => one.bytes > 0);
  if (files.length === 0) throw noFiles(target);
  const bytes = sum(files.map((file) => file.bytes));
  const cached = files.map((file) => file.cachedBytes);
  const plan: FileLockPlan = {
    ...request,
    ...readLockAllowance(host, process.pid),
    id: journal.nextId(),
    files,
    bytes,
    cachedBytes: cached.includes(null) ? null : sum(cached.map((one) => one ?? 0)),
    left: looked.filter((one) => 'because' in one),
    otherResidentBytes: found.otherResidentBytes,
    availableBytes: orNull(host.read(machineMemory))?.availableBytes ?? null,
  };
  refuse(plan);
  return plan;
}

/** What is kept is available to nobody any more, whether it had to come in or not. */
const MOST_OF_AVAILABLE = 0.9;

function refuse({ target, bytes, availableBytes, limit, isExempt }: FileLockPlan): void {
  if (availableBytes !== null && bytes > availableBytes * MOST_OF_AVAILABLE) {
    throw tooManyFileBytes(target, bytes, availableBytes);
  }
  if (isExempt === true || isMissing(limit) || limit.hard === 'unlimited') return;
  if (bytes > Number(limit.hard)) throw fileLimitTooLow(target, bytes, Number(limit.hard));
}

/** The very file that is mapped. It is its holder's to close. */
export function openMapped(target: FoundTarget, { mapping }: MappedFile): Maybe<OpenFile> {
  return openImage({ path: mapping.path, file: fileOf(mapping), tgid: target.tgid });
}

function lookAt(target: FoundTarget, file: MappedFile, pageBytes: number): PlannedFile | LeftFile {
  const opened = openMapped(target, file);
  if (isMissing(opened)) return { path: file.mapping.path, bytes: file.bytes, because: opened };
  try {
    const ranges = withinFile(file.ranges, opened.totalBytes, pageBytes);
    const cachedBytes = cachedOf(opened.fd, ranges, pageBytes);
    return { mapping: file.mapping, ranges, bytes: totalBytes(ranges), cachedBytes };
  } finally {
    opened.close();
  }
}

function cachedOf(fd: number, ranges: readonly AddressRange[], pageBytes: number): number | null {
  try {
    return pageBytes * sum(ranges.map(({ address, bytes }) => cachedPages(fd, address, bytes)));
  } catch (error) {
    if (error instanceof KernelError) return null;
    throw error;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
