/** From a served fault to what it was for: the mapping it lay in, its cause, and the code that took it. */
import type { Host } from '../host/host.ts';
import type { Place } from '../model/faults/address-space.ts';
import { causeOf, type FaultCause } from '../model/faults/cause.ts';
import type { ExplainedFault } from '../model/faults/summary.ts';
import type { StackTables } from '../model/stacks/code-of-process.ts';
import type { ServedFault } from '../perf/consumers/fault-pairing.ts';
import type { OtherRecord } from '../perf/records.ts';
import { AddressSpaces } from './address-spaces.ts';

/** A fault as the kernel told it, with what it was for. */
export type TracedFault = ServedFault & ExplainedFault;

const USUAL_PAGE_BYTES = 4096;

export class FaultExplainer {
  readonly #spaces: AddressSpaces;
  readonly #basePageBytes: number;

  /** @param tables what stacks are numbers of */
  constructor(host: Host, tables: StackTables) {
    this.#spaces = new AddressSpaces(host, tables);
    this.#basePageBytes = host.facts.pageBytes ?? USUAL_PAGE_BYTES;
  }

  /** A change of mappings. With the faults, in the order of time. */
  apply(record: OtherRecord): void {
    this.#spaces.apply(record);
  }

  explain(served: ServedFault): TracedFault {
    const basePageBytes = this.#basePageBytes;
    const place = this.#spaces.place(served.tgid, served.address);
    const page = (address: number) => Math.floor(address / basePageBytes);
    const cause = causeOf({
      kind: served.kind,
      place,
      pageBytes: served.pageBytes,
      basePageBytes,
      sleptNs: served.sleptNs,
      errorCode: served.errorCode,
      fetchesItself: served.ip !== null && page(served.ip) === page(served.address),
    });
    return traced(served, place, cause, this.#stackOf(served));
  }

  #stackOf({ tgid, ip, kernelIp, callchain }: ServedFault): number {
    const chain = callchain?.user ?? (ip === null ? [] : [ip]);
    return this.#spaces.process(tgid).stackOf(chain, kernelIp);
  }
}

/** Field by field: spreading objects with numbers beyond 2^31 takes V8 4 µs, four times as long as all else. */
function traced(served: ServedFault, place: Place, cause: FaultCause, stack: number): TracedFault {
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
    physicalAddress: served.physicalAddress,
    callchain: served.callchain,
    errorCode: served.errorCode,
    place,
    cause,
    stack,
  };
}
