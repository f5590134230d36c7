/**
 * Faults that came whole, as columns: millions of them have no object each. Row `i` of every column is one fault; rows
 * from `length` on mean nothing. They come source by source and are worked through in the order in which they ended.
 */
import type { ServedFault } from './consumers/fault-pairing.ts';

const FIRST_ROWS = 4096;
const FIRST_CALLERS = 4096;

export class ServedFaults {
  length = 0;
  /** Begin, after the time base. */
  timesNs = new Float64Array(FIRST_ROWS);
  latenciesNs = new Float64Array(FIRST_ROWS);
  addresses = new Float64Array(FIRST_ROWS);
  /** NaN for an instruction of the kernel. */
  ips = new Float64Array(FIRST_ROWS);
  /** As a signed value; NaN in user mode. */
  kernelIps = new Float64Array(FIRST_ROWS);
  /** 0 where it is not known. */
  pageBytes = new Float64Array(FIRST_ROWS);
  tgids = new Uint32Array(FIRST_ROWS);
  tids = new Uint32Array(FIRST_ROWS);
  cpus = new Uint32Array(FIRST_ROWS);
  errorCodes = new Uint32Array(FIRST_ROWS);
  /** Of physical memory; 0 where it is not known. */
  mebibytes = new Uint32Array(FIRST_ROWS);
  /** As in FaultSample. */
  signs = new Uint8Array(FIRST_ROWS);
  /** 1 for a major fault. */
  majors = new Uint8Array(FIRST_ROWS);
  /** 1 where the thread slept. */
  slept = new Uint8Array(FIRST_ROWS);
  /** Those of a row are from `callersFrom` to before `callersTo`, innermost first; none where they were not asked for. */
  callers = new Float64Array(FIRST_CALLERS);
  callersFrom = new Uint32Array(FIRST_ROWS);
  callersTo = new Uint32Array(FIRST_ROWS);

  /** Behind the callers of all rows. */
  get callersEnd(): number {
    return this.length === 0 ? 0 : (this.callersTo[this.length - 1] as number);
  }

  /** Makes room for a row at `length`, and for so many callers behind those that are there. */
  reserve(callers: number): void {
    if (this.length === this.timesNs.length) this.#growRows();
    const needed = this.callersEnd + callers;
    if (needed > this.callers.length)
      this.callers = copied(this.callers, new Float64Array(Math.max(needed, this.callers.length * 2)));
  }

  clear(): void {
    this.length = 0;
  }

  /** When it was served. */
  endNs(row: number): number {
    return (this.timesNs[row] as number) + (this.latenciesNs[row] as number);
  }

  /** Puts the callers of a row into a list, or the instruction itself where there are none. */
  chainInto(chain: number[], row: number): void {
    const from = this.callersFrom[row] as number;
    const to = this.callersTo[row] as number;
    const ip = this.ips[row] as number;
    const isAlone = from === to && !Number.isNaN(ip);
    const length = isAlone ? 1 : to - from;
    if (chain.length !== length) chain.length = length;
    if (isAlone) chain[0] = ip;
    else for (let i = 0; i < length; i += 1) chain[i] = this.callers[from + i] as number;
  }

  /** The rows that ended by the limit, by their end. */
  rowsUntil(limitNs: number): number[] {
    const rows: number[] = [];
    let lastNs = Number.NEGATIVE_INFINITY;
    let isOrdered = true;
    for (let row = 0; row < this.length; row += 1) {
      const endNs = this.endNs(row);
      if (endNs > limitNs) continue;
      if (endNs < lastNs) isOrdered = false;
      lastNs = endNs;
      rows.push(row);
    }
    // Each source is in order: the sort has few runs to merge.
    return isOrdered ? rows : rows.sort((a, b) => this.endNs(a) - this.endNs(b));
  }

  /** Drops the rows that ended by the limit. */
  dropUntil(limitNs: number): void {
    const { length } = this;
    this.length = 0;
    for (let row = 0; row < length; row += 1) if (this.endNs(row) > limitNs) this.#append(row);
  }

  /** One row on its own. */
  fault(row: number): ServedFault {
    const ip = this.ips[row] as number;
    const kernelIp = this.kernelIps[row] as number;
    const latencyNs = this.latenciesNs[row] as number;
    const user = [...this.callers.subarray(this.callersFrom[row], this.callersTo[row])];
    return {
      kind: this.majors[row] === 1 ? 'major' : 'minor',
      tgid: this.tgids[row] as number,
      tid: this.tids[row] as number,
      cpu: this.cpus[row] as number,
      timeNs: this.timesNs[row] as number,
      latencyNs,
      sleptNs: this.slept[row] === 1 ? latencyNs : 0,
      preemptedNs: 0,
      address: this.addresses[row] as number,
      ip: Number.isNaN(ip) ? null : ip,
      kernelIp: Number.isNaN(kernelIp) ? null : kernelIp,
      pageBytes: this.pageBytes[row] || null,
      physicalMebibyte: this.mebibytes[row] || null,
      callchain: user.length === 0 ? null : { kernel: [], user },
      errorCode: this.errorCodes[row] as number,
      signs: this.signs[row] as number,
    };
  }

  /** Moves a row to the end; it is one behind it, so nothing is overwritten that is still needed. */
  #append(row: number): void {
    const [from, to] = [this.callersFrom[row] as number, this.callersTo[row] as number];
    const start = this.callersEnd;
    this.callers.copyWithin(start, from, to);
    const at = this.length;
    for (const column of this.#columns()) column[at] = column[row] as number;
    this.callersFrom[at] = start;
    this.callersTo[at] = start + to - from;
    this.length = at + 1;
  }

  #columns() {
    const { timesNs, latenciesNs, addresses, ips, kernelIps, pageBytes } = this;
    const { tgids, tids, cpus, errorCodes, mebibytes, signs, majors, slept } = this;
    const wide = [timesNs, latenciesNs, addresses, ips, kernelIps, pageBytes];
    return [...wide, tgids, tids, cpus, errorCodes, mebibytes, signs, majors, slept];
  }

  #growRows(): void {
    const rows = this.timesNs.length * 2;
    const wide = (column: Float64Array<ArrayBuffer>) => copied(column, new Float64Array(rows));
    const word = (column: Uint32Array<ArrayBuffer>) => copied(column, new Uint32Array(rows));
    const byte = (column: Uint8Array<ArrayBuffer>) => copied(column, new Uint8Array(rows));
    this.timesNs = wide(this.timesNs);
    this.latenciesNs = wide(this.latenciesNs);
    this.addresses = wide(this.addresses);
    this.ips = wide(this.ips);
    this.kernelIps = wide(this.kernelIps);
    this.pageBytes = wide(this.pageBytes);
    this.tgids = word(this.tgids);
    this.tids = word(this.tids);
    this.cpus = word(this.cpus);
    this.errorCodes = word(this.errorCodes);
    this.mebibytes = word(this.mebibytes);
    this.callersFrom = word(this.callersFrom);
    this.callersTo = word(this.callersTo);
    this.signs = byte(this.signs);
    this.majors = byte(this.majors);
    this.slept = byte(this.slept);
  }
}

function copied<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
