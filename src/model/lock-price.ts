/** Which memory of a process a lock means, and what it costs: bytes that have to come in, and the limit it counts against. */
import type { MappingPages } from '../kernel/task/smaps.ts';
import { type AddressRange, common, totalBytes, without } from './address-ranges.ts';
import { mappingKind } from './faults/places.ts';
import { endsWithPath } from './mapped-files.ts';
import type { FutureLock, MemoryLock } from './memory-lock.ts';
import { mayBeOfV8, runsV8 } from './v8-memory.ts';

export interface LockRequest {
  /** Also what is mapped later. */
  readonly future: boolean;
  /** Nothing is brought in; pages stay once they are touched. */
  readonly onFault: boolean;
  /** Only these; null for all memory. */
  readonly only: readonly MappingName[] | null;
  /** Also what V8 gives back, at the peril of the process. */
  readonly force: boolean;
}

/** The end of a mapping's path, "[heap]" and the like, or a range of addresses. */
export type MappingName = { readonly name: string } | { readonly range: AddressRange };

/** `7f0000000000-7f0000100000` is a range; anything else names mappings. null for a range that is none. */
export function parseMappingName(text: string): MappingName | null {
  const match = /^(?:0x)?([0-9a-f]{1,14})-(?:0x)?([0-9a-f]{1,14})$/i.exec(text);
  if (match === null) return text === '' ? null : { name: text };
  const [low, high] = match.slice(1).map((digits) => Number.parseInt(digits, 16)) as [number, number];
  return high > low ? { range: { address: low, bytes: high - low } } : null;
}

export interface LockPrice {
  /** What was locked, and what is to be. */
  readonly before: MemoryLock;
  readonly set: MemoryLock;
  /** Locked now, and added to it: address space, which is what the limit counts. */
  readonly lockedBytes: number;
  readonly addedBytes: number;
  /** Of what is added: there already, out in swap, and never touched or not read yet. */
  readonly residentBytes: number;
  readonly swapBytes: number;
  readonly untouchedBytes: number;
  /** Left out: reserved without any access, as stacks' guards are. */
  readonly reservedBytes: number;
  /** Of what is asked for, memory that V8 may give back: left out, unless forced. */
  readonly v8Bytes: number;
  /** Mappings left out because the kernel locks no such memory: of devices, of hugetlbfs, its own. */
  readonly unlockable: number;
  /** The files among them. */
  readonly files: number;
}

/** What comes in when it is locked. */
export function comesInBytes({ swapBytes, untouchedBytes }: LockPrice, onFault: boolean): number {
  return onFault ? 0 : swapBytes + untouchedBytes;
}

/** Ranges that are not a mapping's whole are cut out of it; their pages are taken to lie evenly. */
export function priceLock(
  mappings: readonly MappingPages[],
  request: LockRequest,
  pageBytes: number,
): LockPrice {
  const { future, onFault, only, force } = request;
  const meant = mappings.flatMap((mapping) => chosen(mapping, only, pageBytes));
  const possible = meant.filter(
    ({ mapping }) => mapping.isUnlockable !== true && mappingKind(mapping) !== 'kernel',
  );
  const hasV8 = runsV8(mappings);
  const ofV8 = possible.filter(({ mapping }) => hasV8 && mapping.isLocked !== true && mayBeOfV8(mapping));
  const lockable = force ? possible : possible.filter((one) => !ofV8.includes(one));
  // What is only reserved may be used later: then it is mapped "later", though its addresses are taken now.
  const usable = lockable.filter(({ mapping }) => isAccessible(mapping));
  const reserved = lockable.filter(({ mapping }) => !isAccessible(mapping));
  const locked = mappings.filter((mapping) => mapping.isLocked === true);
  const fresh = usable.filter(({ mapping }) => mapping.isLocked !== true);
  const sum = (pick: (mapping: MappingPages) => number) =>
    fresh.reduce(
      (bytes, { mapping, range }) => bytes + Math.round(pick(mapping) * (range.bytes / mapping.bytes)),
      0,
    );
  const [whole, touched] = onFault ? [[], usable] : [usable, []];
  const later = future ? reserved : [];
  const ranges = (all: readonly Chosen[]) => all.map(({ range }) => range);
  const added = without(ranges([...usable, ...later]), locked);
  const residentBytes = sum((mapping) => mapping.residentBytes);
  const swapBytes = sum((mapping) => mapping.swapBytes);
  return {
    before: { future: 'any', ranges: locked, onFault: [] },
    set: {
      future: futureOf(request),
      ranges: [...locked, ...without(ranges(whole), locked)],
      onFault: without(ranges([...touched, ...later]), locked),
    },
    lockedBytes: totalBytes(locked),
    addedBytes: totalBytes(added),
    residentBytes,
    swapBytes,
    untouchedBytes: Math.max(0, totalBytes(ranges(fresh)) - residentBytes - swapBytes),
    reservedBytes: future ? 0 : totalBytes(ranges(reserved)),
    v8Bytes: totalBytes(ranges(ofV8.filter(({ mapping }) => isAccessible(mapping)))),
    unlockable: meant.length - possible.length,
    files: new Set(fresh.filter(({ mapping }) => mapping.inode !== 0n).map(({ mapping }) => mapping.path))
      .size,
  };
}

function futureOf({ future, onFault }: LockRequest): FutureLock {
  if (!future) return 'any';
  return onFault ? 'onfault' : 'full';
}

interface Chosen {
  readonly mapping: MappingPages;
  readonly range: AddressRange;
}

function chosen(
  mapping: MappingPages,
  only: readonly MappingName[] | null,
  pageBytes: number,
): readonly Chosen[] {
  if (only === null || only.some((one) => 'name' in one && isNamed(mapping, one.name))) {
    return [{ mapping, range: { address: mapping.address, bytes: mapping.bytes } }];
  }
  const asked = only.flatMap((one) => ('range' in one ? [wholePages(one.range, pageBytes)] : []));
  return common([mapping], asked).map((range) => ({ mapping, range }));
}

/** mlock(2) rounds to whole pages. */
function wholePages({ address, bytes }: AddressRange, pageBytes: number): AddressRange {
  const first = Math.floor(address / pageBytes) * pageBytes;
  return { address: first, bytes: Math.ceil((address + bytes - first) / pageBytes) * pageBytes };
}

/** `heap` is `[heap]`. */
function isNamed({ path }: MappingPages, name: string): boolean {
  return path === `[${name}]` || endsWithPath(path, name);
}

function isAccessible({ readable, writable, executable }: MappingPages): boolean {
  return readable || writable || executable;
}
