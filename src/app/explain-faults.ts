/** From a served fault to what it was for: the mapping it lay in, its cause, and the code that took it. */
import type { Host } from '../host/host.ts';
import { fileOffsetAt } from '../model/faults/address-space.ts';
import { causeOf } from '../model/faults/cause.ts';
import type { ExplainedFault } from '../model/faults/explained-fault.ts';
import { type PageNodes, UNKNOWN_HOME } from '../model/faults/page-nodes.ts';
import { NOWHERE } from '../model/faults/places.ts';
import type { FaultTables } from '../model/faults/tables.ts';
import type { CodeOfProcess } from '../model/stacks/code-of-process.ts';
import type { ServedFault } from '../perf/consumers/fault-pairing.ts';
import type { OtherRecord } from '../perf/records.ts';
import { AddressSpaces } from './address-spaces.ts';

/** A fault as the kernel told it, with what it was for. */
export type TracedFault = ServedFault & ExplainedFault;

const USUAL_PAGE_BYTES = 4096;

export class FaultExplainer {
  readonly #spaces: AddressSpaces;
  readonly #basePageBytes: number;
  readonly #nodes: PageNodes | null;

  /**
   * @param tables what stacks are numbers of
   * @param nodes which memory is of which node; null where that is not known of any fault
   */
  constructor(host: Host, tables: FaultTables, nodes: PageNodes | null) {
    this.#nodes = nodes;
    this.#spaces = new AddressSpaces(host, tables);
    this.#basePageBytes = host.facts.pageBytes ?? USUAL_PAGE_BYTES;
  }

  /** A change of mappings. With the faults, in the order of time. */
  apply(record: OtherRecord): void {
    this.#spaces.apply(record);
  }

  explain(served: ServedFault): TracedFault {
    const basePageBytes = this.#basePageBytes;
    const { tgid, address, ip } = served;
    const process = this.#spaces.process(tgid);
    const mapping = this.#spaces.find(process, address);
    const place = mapping === null ? NOWHERE : mapping.place;
    const cause = causeOf({
      kind: served.kind,
      mapping: place.kind,
      executable: mapping?.executable ?? false,
      pageBytes: served.pageBytes,
      basePageBytes,
      sleptNs: served.sleptNs,
      errorCode: served.errorCode,
      fetchesItself: ip !== null && Math.floor(ip / basePageBytes) === Math.floor(address / basePageBytes),
    });
    const fileOffset = mapping === null ? null : fileOffsetAt(mapping, address);
    const home = this.#nodes?.homeOf(served.physicalMebibyte, served.cpu) ?? UNKNOWN_HOME;
    return traced(served, { place, fileOffset, cause, stack: stackOf(process, served), home });
  }
}

function stackOf(process: CodeOfProcess, { ip, kernelIp, callchain }: ServedFault): number {
  const chain = callchain?.user ?? (ip === null ? [] : [ip]);
  return process.stackOf(chain, kernelIp);
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
    place,
    fileOffset,
    cause,
    stack,
    home,
  };
}
