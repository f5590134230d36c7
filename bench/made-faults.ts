/**
 * A stream of served faults as a busy machine makes them: several programs that walk through memory and files, fault in
 * the same places of their code again and again, and are held shortly most of the time. The same for the same seed.
 */
import { NO_FACTS } from '../src/host/facts.ts';
import { Host } from '../src/host/host.ts';
import { MemorySource } from '../src/host/memory.ts';
import { ERROR_CODE } from '../src/model/faults/cause.ts';
import type { ServedFault } from '../src/perf/consumers/fault-pairing.ts';
import type { ServedFaults } from '../src/perf/served-faults.ts';

const PAGE = 4096;
const PROCESSES = 6;
const THREADS_OF_PROCESS = 4;
const MAPPINGS = 50;
const STACKS = 200;
const DEPTH = 12;
const FIRST_TGID = 4000;
const CODE_BYTES = 2 ** 21;
const MAPPING_BYTES = 2 ** 28;
/** Mappings of a process: code, then files, then memory of the kinds that are told apart. */
const FILES = 20;

/** Marsaglia's xorshift32: Journal of Statistical Software 8(14), 2003. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to below `limit`. */
  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }
}

const mappingAt = (process: number, mapping: number) =>
  0x5500_0000_0000 + (process * MAPPINGS + mapping) * 2 * MAPPING_BYTES;

interface Walker {
  readonly tgid: number;
  readonly tid: number;
  readonly process: number;
  mapping: number;
  page: number;
}

/** What of a fault decides its cause; drawn by how often it comes. */
type Kind = Pick<ServedFault, 'kind' | 'sleptNs' | 'errorCode' | 'pageBytes'>;

const { present, write, user, instruction } = ERROR_CODE;
const MEMORY_KINDS: readonly Kind[] = [
  ...new Array<Kind>(12).fill({ kind: 'minor', sleptNs: 0, errorCode: user | write, pageBytes: PAGE }),
  { kind: 'minor', sleptNs: 0, errorCode: user | write | present, pageBytes: PAGE },
  { kind: 'minor', sleptNs: 0, errorCode: user, pageBytes: PAGE },
  { kind: 'minor', sleptNs: 0, errorCode: null, pageBytes: PAGE },
  { kind: 'minor', sleptNs: 0, errorCode: user | write, pageBytes: 512 * PAGE },
  { kind: 'minor', sleptNs: 5e4, errorCode: user | write, pageBytes: PAGE },
  { kind: 'major', sleptNs: 9e4, errorCode: user | write, pageBytes: PAGE },
];
const FILE_KINDS: readonly Kind[] = [
  ...new Array<Kind>(4).fill({ kind: 'minor', sleptNs: 0, errorCode: user, pageBytes: PAGE }),
  { kind: 'minor', sleptNs: 0, errorCode: user | instruction, pageBytes: PAGE },
  { kind: 'minor', sleptNs: 0, errorCode: user | write | present, pageBytes: PAGE },
  { kind: 'minor', sleptNs: 3e5, errorCode: user, pageBytes: PAGE },
  { kind: 'major', sleptNs: 9e5, errorCode: user, pageBytes: PAGE },
];

/** The machine that the faults are of: the mappings of its processes. */
export function madeMachine(): Host {
  const files = Array.from({ length: PROCESSES }, (_, i) => [`/proc/${FIRST_TGID + i}/maps`, mapsOf(i)]);
  const source = MemorySource.ofFiles(Object.fromEntries(files));
  return new Host('captured', { ...NO_FACTS, pageBytes: PAGE }, source);
}

function mapsOf(process: number): string {
  const line = (mapping: number) => {
    const start = mappingAt(process, mapping);
    const range = `${start.toString(16)}-${(start + MAPPING_BYTES).toString(16)}`;
    if (mapping === 0) return `${range} r-xp 00000000 08:01 ${100 + process} /srv/bin/program-${process}`;
    if (mapping <= FILES) return `${range} r--s 00000000 08:01 ${1000 + mapping} /srv/data/file-${mapping}`;
    const name = mapping === MAPPINGS - 1 ? '[stack]' : mapping === FILES + 1 ? '[heap]' : '';
    return `${range} rw-p 00000000 00:00 0 ${name}`;
  };
  return `${Array.from({ length: MAPPINGS }, (_, i) => line(i)).join('\n')}\n`;
}

/** Adds a fault as a row, as the records of the kernel become rows. */
export function appendRow(rows: ServedFaults, fault: ServedFault): void {
  const callers = fault.callchain?.user ?? [];
  rows.reserve(callers.length);
  const at = rows.length;
  const from = rows.callersEnd;
  rows.timesNs[at] = fault.timeNs;
  rows.latenciesNs[at] = fault.latencyNs;
  rows.addresses[at] = fault.address;
  rows.ips[at] = fault.ip ?? Number.NaN;
  rows.kernelIps[at] = fault.kernelIp ?? Number.NaN;
  rows.pageBytes[at] = fault.pageBytes ?? 0;
  rows.tgids[at] = fault.tgid;
  rows.tids[at] = fault.tid;
  rows.cpus[at] = fault.cpu;
  rows.errorCodes[at] = fault.errorCode ?? 0;
  rows.mebibytes[at] = fault.physicalMebibyte ?? 0;
  rows.majors[at] = fault.kind === 'major' ? 1 : 0;
  rows.slept[at] = fault.sleptNs > 0 ? 1 : 0;
  rows.callers.set(callers, from);
  rows.callersFrom[at] = from;
  rows.callersTo[at] = from + callers.length;
  rows.length = at + 1;
}

export class MadeFaults {
  readonly #dice = new Dice(0x2545_f491);
  readonly #walkers: readonly Walker[];
  readonly #stacks: readonly (readonly number[])[][];
  readonly #callchains: boolean;
  #timeNs = 0;

  constructor(callchains: boolean) {
    this.#callchains = callchains;
    this.#walkers = Array.from({ length: PROCESSES * THREADS_OF_PROCESS }, (_, i) => {
      const process = Math.floor(i / THREADS_OF_PROCESS);
      return { tgid: FIRST_TGID + process, tid: 5000 + i, process, mapping: FILES + 2, page: i * 1024 };
    });
    this.#stacks = Array.from({ length: PROCESSES }, (_, process) =>
      Array.from({ length: STACKS }, () => this.#chain(process)),
    );
  }

  next(): ServedFault {
    const walker = this.#walkers[this.#dice.below(this.#walkers.length)] as Walker;
    this.#walk(walker);
    const isFile = walker.mapping <= FILES;
    const kinds = isFile ? FILE_KINDS : MEMORY_KINDS;
    const kind = kinds[this.#dice.below(kinds.length)] as Kind;
    const chains = this.#stacks[walker.process] as (readonly number[])[];
    // Few places take most faults.
    const chain = chains[Math.min(this.#dice.below(STACKS), this.#dice.below(STACKS))] as readonly number[];
    this.#timeNs += 500 + this.#dice.below(3000);
    // Field by field, as the pairing of real ones: what is spread has another shape to V8, and is slow to read.
    return {
      kind: kind.kind,
      sleptNs: kind.sleptNs,
      errorCode: kind.errorCode,
      signs: 0,
      pageBytes: kind.pageBytes,
      tgid: walker.tgid,
      tid: walker.tid,
      cpu: walker.tid % 16,
      timeNs: this.#timeNs,
      latencyNs: 400 + this.#dice.below(800) * (1 + this.#dice.below(4)) + kind.sleptNs,
      preemptedNs: 0,
      address: mappingAt(walker.process, walker.mapping) + walker.page * PAGE + this.#dice.below(512) * 8,
      ip: chain[0] ?? null,
      kernelIp: null,
      physicalMebibyte: null,
      callchain: this.#callchains ? { user: chain, kernel: [] } : null,
    };
  }

  /** One page on; now and then somewhere else. */
  #walk(walker: Walker): void {
    if (this.#dice.below(64) > 0) walker.page += 1;
    else {
      walker.mapping = 1 + this.#dice.below(MAPPINGS - 1);
      walker.page = this.#dice.below(MAPPING_BYTES / PAGE / 2);
    }
    if (walker.page * PAGE >= MAPPING_BYTES) walker.page = 0;
  }

  #chain(process: number): readonly number[] {
    const start = mappingAt(process, 0);
    return Array.from({ length: DEPTH }, () => start + this.#dice.below(CODE_BYTES));
  }
}
