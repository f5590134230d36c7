/** From a served fault to what it was for: the mapping it lay in, its cause, and the code that took it. */
import type { Host } from '../host/host.ts';
import { fileOffsetAt, type SpaceMapping } from '../model/faults/address-space.ts';
import { causeOf, type FaultCause, type FaultFacts } from '../model/faults/cause.ts';
import type { ExplainedFault } from '../model/faults/explained-fault.ts';
import { CAUSE_CODES, type FaultBatch } from '../model/faults/fault-batch.ts';
import { type PageNodes, UNKNOWN_HOME } from '../model/faults/page-nodes.ts';
import { PageSet } from '../model/faults/page-set.ts';
import { NOWHERE } from '../model/faults/places.ts';
import type { FaultTables } from '../model/faults/tables.ts';
import type { ThreadTable } from '../model/faults/threads.ts';
import type { CodeOfProcess } from '../model/stacks/code-of-process.ts';
import type { ServedFault } from '../perf/consumers/fault-pairing.ts';
import type { OtherRecord } from '../perf/records.ts';
import type { ServedFaults } from '../perf/served-faults.ts';
import { AddressSpaces } from './address-spaces.ts';

/** A fault as the kernel told it, with what it was for. */
export type TracedFault = ServedFault & ExplainedFault;

const USUAL_PAGE_BYTES = 4096;

export class FaultExplainer {
  readonly #spaces: AddressSpaces;
  /** Of the fault that is being explained: one object for all. */
  readonly #facts: { -readonly [Name in keyof FaultFacts]: FaultFacts[Name] };
  readonly #nodes: PageNodes | null;
  readonly #threads: ThreadTable;
  /** Of the fault that is being explained. */
  readonly #chain: number[] = [];
  /** Pages of memory that were touched for the first time. */
  readonly #touched = new PageSet();
  /** The page of the fault that is being explained. */
  #space = 0;
  #address = 0;

  /**
   * @param tables what stacks are numbers of
   * @param nodes which memory is of which node; null where that is not known of any fault
   */
  constructor(host: Host, tables: FaultTables, nodes: PageNodes | null) {
    this.#nodes = nodes;
    this.#threads = tables.threads;
    this.#spaces = new AddressSpaces(host, tables);
    this.#facts = {
      kind: 'minor',
      mapping: NOWHERE.kind,
      executable: false,
      shared: false,
      pageBytes: null,
      basePageBytes: host.facts.pageBytes ?? USUAL_PAGE_BYTES,
      sleptNs: 0,
      errorCode: null,
      signs: null,
      inKernel: false,
      wasTouched: () => this.#wasTouched(),
      fetchesItself: false,
    };
  }

  /** A change of mappings. With the faults, in the order of time. */
  apply(record: OtherRecord): void {
    this.#spaces.apply(record);
  }

  explain(served: ServedFault): TracedFault {
    const { tgid, address, ip, kernelIp, callchain } = served;
    const process = this.#spaces.process(tgid);
    const mapping = this.#spaces.find(process, address);
    this.#facts.kind = served.kind;
    this.#facts.pageBytes = served.pageBytes;
    this.#facts.sleptNs = served.sleptNs;
    this.#facts.errorCode = served.errorCode;
    this.#facts.signs = served.signs;
    this.#facts.inKernel = kernelIp !== null;
    const cause = this.#causeIn(process, mapping, ip, address);
    const chain = callchain?.user ?? (ip === null ? [] : [ip]);
    return traced(served, {
      place: mapping?.place ?? NOWHERE,
      fileOffset: mapping === null ? null : fileOffsetAt(mapping, address),
      cause,
      stack: process.stackOf(chain, kernelIp),
      home: this.#homeOf(served.physicalMebibyte, served.cpu),
    });
  }

  /** The same, from a row to the next row of a batch: for millions of faults, of which none becomes an object. */
  explainInto(batch: FaultBatch, faults: ServedFaults, row: number): void {
    const tgid = faults.tgids[row] as number;
    const address = faults.addresses[row] as number;
    const ip = orNone(faults.ips[row] as number);
    const process = this.#spaces.process(tgid);
    const mapping = this.#spaces.find(process, address);
    const latencyNs = faults.latenciesNs[row] as number;
    const pageBytes = faults.pageBytes[row] || null;
    this.#facts.kind = faults.majors[row] === 1 ? 'major' : 'minor';
    this.#facts.pageBytes = pageBytes;
    this.#facts.sleptNs = faults.slept[row] === 1 ? latencyNs : 0;
    this.#facts.errorCode = faults.errorCodes[row] as number;
    this.#facts.signs = faults.signs[row] as number;
    const kernelIp = orNone(faults.kernelIps[row] as number);
    this.#facts.inKernel = kernelIp !== null;
    faults.chainInto(this.#chain, row);
    const at = batch.length;
    batch.length = at + 1;
    batch.timesNs[at] = faults.timesNs[row] as number;
    batch.latenciesNs[at] = latencyNs;
    batch.addresses[at] = address;
    batch.fileOffsets[at] = (mapping === null ? null : fileOffsetAt(mapping, address)) ?? Number.NaN;
    batch.threads[at] = this.#threads.idOf(tgid, faults.tids[row] as number);
    batch.places[at] = (mapping?.place ?? NOWHERE).id;
    batch.stacks[at] = process.stackOf(this.#chain, kernelIp);
    batch.cpus[at] = faults.cpus[row] as number;
    batch.causes[at] = CAUSE_CODES[this.#causeIn(process, mapping, ip, address)];
    batch.majors[at] = faults.majors[row] as number;
    batch.pageLogs[at] = pageBytes === null ? 0 : Math.log2(pageBytes);
    batch.setHome(at, this.#homeOf(faults.mebibytes[row] || null, faults.cpus[row] as number));
  }

  /** Of the fault whose own facts are filled in. */
  #causeIn(
    process: CodeOfProcess,
    mapping: SpaceMapping | null,
    ip: number | null,
    address: number,
  ): FaultCause {
    const facts = this.#facts;
    this.#space = process.number;
    this.#address = address;
    const { basePageBytes } = facts;
    facts.mapping = (mapping?.place ?? NOWHERE).kind;
    facts.executable = mapping?.executable ?? false;
    facts.shared = mapping?.shared ?? false;
    facts.fetchesItself =
      ip !== null && Math.floor(ip / basePageBytes) === Math.floor(address / basePageBytes);
    return causeOf(facts);
  }

  #wasTouched(): boolean {
    return !this.#touched.add(this.#space, this.#address);
  }

  #homeOf(mebibyte: number | null, cpu: number): number {
    return this.#nodes === null ? UNKNOWN_HOME : this.#nodes.homeOf(mebibyte, cpu);
  }
}

function orNone(address: number): number | null {
  return Number.isNaN(address) ? null : address;
}

/** Field by field: spreading objects with numbers beyond 2^31 takes V8 4 µs, four times as long as all else. */
function traced(
  served: ServedFault,
  { place, fileOffset, cause, stack, home }: Omit<TracedFault, keyof ServedFault>,
): TracedFault {
  return {
    kind: served.kind,
    tgid: served.tgid,
    tid: served.tid,
    cpu: served.cpu,
    timeNs: served.timeNs,
    latencyNs: served.latencyNs,
    sleptNs: served.sleptNs,
    preemptedNs: served.preemptedNs,
    address: served.address,
    ip: served.ip,
    kernelIp: served.kernelIp,
    pageBytes: served.pageBytes,
    physicalMebibyte: served.physicalMebibyte,
    callchain: served.callchain,
    errorCode: served.errorCode,
    signs: served.signs,
    place,
    fileOffset,
    cause,
    stack,
    home,
  };
}
