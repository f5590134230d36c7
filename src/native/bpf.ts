/** bpf(2): maps, programs and their attachment. Everything it makes lives as long as its descriptor. */
import { addressOf, checked, int32, KernelError, libcFunction } from './libc.ts';
import { withoutSignals } from './signal-mask.ts';
import { syscallNumber } from './syscall-numbers.ts';

/** BPF_* commands of uapi/linux/bpf.h. */
const COMMAND = {
  mapCreate: 0,
  mapLookup: 1,
  mapUpdate: 2,
  mapDelete: 3,
  programLoad: 5,
  programNextId: 11,
  mapNextId: 12,
  tracepointOpen: 17,
  mapLookupAndDelete: 21,
  mapLookupBatch: 24,
  linkCreate: 28,
  linkNextId: 31,
  iteratorCreate: 33,
} as const;

const BPF_TRACE_ITER = 28;
/** A name holds 15 bytes and a zero. */
const NAME_BYTES = 16;

const bpf = libcFunction<[number, number, Uint8Array, number]>(
  'long syscall(long number, int command, void *attr, unsigned int size)',
);

function call(name: keyof typeof COMMAND, attr: Uint8Array): number {
  return Number(checked(`bpf ${name}`, bpf(syscallNumber('bpf'), COMMAND[name], attr, attr.byteLength)));
}

/** Memory whose address may go into a struct: outside the heap of V8, which moves small arrays. */
export function pinned(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new ArrayBuffer(Math.max(bytes.length, 1)));
  copy.set(bytes);
  return copy;
}

class Attr {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  /** Keeps what is pointed to alive for as long as the attr. */
  readonly #targets: Uint8Array[] = [];

  constructor(length: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(length));
    this.#view = new DataView(this.bytes.buffer);
  }

  u32(at: number, value: number): this {
    this.#view.setUint32(at, int32(value, `the field at ${at}`), true);
    return this;
  }

  pointer(at: number, target: Uint8Array): this {
    this.#targets.push(target);
    this.#view.setBigUint64(at, addressOf(target), true);
    return this;
  }

  name(at: number, name: string): this {
    this.bytes.set(new TextEncoder().encode(name).subarray(0, NAME_BYTES - 1), at);
    return this;
  }

  read(at: number): number {
    return this.#view.getUint32(at, true);
  }
}

export interface MapShape {
  readonly name: string;
  /** BPF_MAP_TYPE_*. */
  readonly type: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly entries: number;
  /** Its memory may be mapped (Linux 5.5). */
  readonly mappable?: boolean;
}

const BPF_F_MMAPABLE = 1 << 10;

/** @returns a descriptor. @throws KernelError EPERM without CAP_BPF, EINVAL for a type the kernel does not have */
export function createMap(shape: MapShape): number {
  const attr = new Attr(72)
    .u32(0, shape.type)
    .u32(4, shape.keyBytes)
    .u32(8, shape.valueBytes)
    .u32(12, shape.entries)
    .u32(16, shape.mappable ? BPF_F_MMAPABLE : 0)
    .name(28, shape.name);
  return call('mapCreate', attr.bytes);
}

export interface ProgramShape {
  readonly name: string;
  /** BPF_PROG_TYPE_*. */
  readonly type: number;
  /** BPF_TRACE_*; 0 where the type has none. */
  readonly expectedAttachType: number;
  /** The BTF number of what it attaches to; 0 for none. */
  readonly attachTypeId: number;
  readonly license: string;
  /** Eight bytes an instruction, maps as descriptors. */
  readonly code: Uint8Array;
}

/** A program that the kernel refused, with what its verifier said; the log is empty where it said nothing. */
export class ProgramRefused extends KernelError {
  readonly log: string;

  constructor(errno: number, log: string) {
    super('bpf programLoad', errno);
    this.log = log;
  }
}

const LOG_BYTES = 1 << 20;
const ENOSPC = 28;

/** @returns a descriptor. @throws ProgramRefused: EPERM without the capabilities; EINVAL, EACCES from the verifier */
export function loadProgram(shape: ProgramShape): number {
  try {
    return tryLoad(shape, null);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    // The log costs time, so it is asked for only when there is something to read.
    const log = pinned(new Uint8Array(LOG_BYTES));
    try {
      return tryLoad(shape, log);
    } catch (again) {
      if (!(again instanceof KernelError)) throw again;
      const errno = again.errno === ENOSPC ? error.errno : again.errno;
      throw new ProgramRefused(errno, new TextDecoder().decode(log.subarray(0, log.indexOf(0))));
    }
  }
}

function tryLoad(shape: ProgramShape, log: Uint8Array | null): number {
  const attr = new Attr(120)
    .u32(0, shape.type)
    .u32(4, shape.code.length / 8)
    .pointer(8, pinned(shape.code))
    .pointer(16, pinned(new TextEncoder().encode(`${shape.license}\0`)))
    .name(48, shape.name)
    .u32(68, shape.expectedAttachType)
    .u32(108, shape.attachTypeId);
  if (log !== null) attr.u32(24, 1).u32(28, log.length).pointer(32, log);
  // The verifier gives up with EAGAIN when a signal is waiting; a profiler sends one every millisecond.
  return withoutSignals(() => call('programLoad', attr.bytes));
}

/** The attachment of an iterator program; readable through createIterator. */
export function linkIterator(programFd: number): number {
  return call('linkCreate', new Attr(32).u32(0, programFd).u32(8, BPF_TRACE_ITER).bytes);
}

/** A file whose reading runs the iterator once over everything. */
export function createIterator(linkFd: number): number {
  return call('iteratorCreate', new Attr(8).u32(0, linkFd).bytes);
}

/** Attaches a program whose tracepoint was named when it was loaded; it runs until the descriptor is closed. */
export function attachTracepoint(programFd: number): number {
  return call('tracepointOpen', new Attr(16).u32(8, programFd).bytes);
}

/** The value of a key into `value`; false where there is none. Both must be pinned. */
export function lookupElement(mapFd: number, key: Uint8Array, value: Uint8Array): boolean {
  return element('mapLookup', mapFd, key, value);
}

/** @throws KernelError E2BIG where the map is full */
export function updateElement(mapFd: number, key: Uint8Array, value: Uint8Array): void {
  element('mapUpdate', mapFd, key, value);
}

/** False where there is no such key. */
export function deleteElement(mapFd: number, key: Uint8Array): boolean {
  return element('mapDelete', mapFd, key, null);
}

/** The oldest value of a queue; false where it is empty. */
export function popElement(mapFd: number, value: Uint8Array): boolean {
  return element('mapLookupAndDelete', mapFd, null, value);
}

const ENOENT = 2;

type ElementCommand = 'mapLookup' | 'mapUpdate' | 'mapDelete' | 'mapLookupAndDelete';

function element(
  command: ElementCommand,
  mapFd: number,
  key: Uint8Array | null,
  value: Uint8Array | null,
): boolean {
  const attr = new Attr(32).u32(0, mapFd);
  if (key !== null) attr.pointer(8, key);
  if (value !== null) attr.pointer(16, value);
  return unlessNoEntry(() => call(command, attr.bytes)) !== null;
}

/** The kernel hands out whole buckets of the hash, which may hold some entries more than there is room for. */
const SPARE_ENTRIES = 128;

/**
 * All entries of a hash map in few calls (BPF_MAP_LOOKUP_BATCH, Linux 5.6): the keys one after the other, and the
 * values. Entries that come or go meanwhile may be missed or seen.
 */
export function lookupAll(
  mapFd: number,
  shape: Pick<MapShape, 'keyBytes' | 'valueBytes' | 'entries'>,
): { readonly keys: Uint8Array; readonly values: Uint8Array } {
  const { keyBytes, valueBytes } = shape;
  const room = shape.entries + SPARE_ENTRIES;
  const keys = pinned(new Uint8Array(room * keyBytes));
  const values = pinned(new Uint8Array(room * valueBytes));
  const next = pinned(new Uint8Array(8));
  let count = 0;
  for (let more = true; more && count < shape.entries; ) {
    const attr = new Attr(56)
      .pointer(8, next)
      .u32(32, room - count)
      .u32(36, mapFd);
    attr.pointer(16, keys.subarray(count * keyBytes)).pointer(24, values.subarray(count * valueBytes));
    if (count > 0) attr.pointer(0, next);
    more = unlessNoEntry(() => call('mapLookupBatch', attr.bytes)) !== null;
    count += attr.read(32);
  }
  return { keys: keys.subarray(0, count * keyBytes), values: values.subarray(0, count * valueBytes) };
}

function unlessNoEntry(attempt: () => number): number | null {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof KernelError && error.errno === ENOENT) return null;
    throw error;
  }
}

/** The ids of what is loaded in the kernel, by anybody. @throws KernelError EPERM without CAP_SYS_ADMIN */
export function loadedIds(of: 'program' | 'map' | 'link'): number[] {
  const command = ({ program: 'programNextId', map: 'mapNextId', link: 'linkNextId' } as const)[of];
  const ids: number[] = [];
  for (let id = 0; ; ids.push(id)) {
    const attr = new Attr(12).u32(0, id);
    if (unlessNoEntry(() => call(command, attr.bytes)) === null) return ids;
    id = attr.read(4);
  }
}
