/** Pairs the begin of each fault with its completion, per thread: the latency of every page fault. */
import type { FaultSample } from '../fault-samples.ts';
import type { Callchain, SwitchRecord } from '../records.ts';

/** One fault that was served. */
export interface ServedFault {
  readonly kind: 'minor' | 'major';
  readonly tgid: number;
  readonly tid: number;
  /** Where it began; it may have ended on another CPU. */
  readonly cpu: number;
  /** Begin, after the recording's base time. */
  readonly timeNs: number;
  readonly latencyNs: number;
  /** Of the latency, the thread slept: it waited for storage, a lock, or memory. All of it where only that is known. */
  readonly sleptNs: number;
  /** Of the latency, another task held the CPU. */
  readonly preemptedNs: number;
  readonly address: number;
  readonly ip: number | null;
  /** As in FaultSample. */
  readonly kernelIp: number | null;
  readonly pageBytes: number | null;
  /** As in FaultSample. */
  readonly physicalMebibyte: number | null;
  readonly callchain: Callchain | null;
  readonly errorCode: number | null;
  /** As in FaultSample. */
  readonly signs: number | null;
}

export interface PairingTotals {
  readonly entries: number;
  readonly minor: number;
  readonly major: number;
  /** Begins without a completion: the fault ended in a signal, is still being served, or its record was lost. */
  readonly unservedEntries: number;
  /** Completions without a begin: attached in the middle of the fault, or its record was lost. */
  readonly orphanCompletions: number;
  /** Pairs of different addresses: never seen on a whole stream, so a sign of loss. */
  readonly addressMismatches: number;
}

interface OpenFault {
  readonly entry: FaultSample;
  sleptNs: number;
  preemptedNs: number;
  /** Off its CPU since then, and how it left. */
  away: SwitchRecord | null;
}

export class FaultPairing {
  readonly #open = new Map<number, OpenFault>();
  #entries = 0;
  #minor = 0;
  #major = 0;
  #replaced = 0;
  #orphans = 0;
  #mismatches = 0;

  /** In the order of time. @returns the fault that this sample completes */
  add(sample: FaultSample): ServedFault | null {
    if (sample.role === 'entry') {
      this.#entries += 1;
      // A thread serves one fault at a time: an older begin never completed.
      if (this.#open.has(sample.tid)) this.#replaced += 1;
      this.#open.set(sample.tid, { entry: sample, sleptNs: 0, preemptedNs: 0, away: null });
      return null;
    }
    if (sample.role === 'minor') this.#minor += 1;
    else this.#major += 1;
    const open = this.#open.get(sample.tid);
    if (open === undefined) {
      this.#orphans += 1;
      return null;
    }
    this.#open.delete(sample.tid);
    const { entry } = open;
    if (entry.address !== sample.address) {
      this.#mismatches += 1;
      return null;
    }
    const latencyNs = Math.max(0, sample.timeNs - entry.timeNs);
    return {
      kind: sample.role,
      tgid: entry.tgid,
      tid: entry.tid,
      cpu: entry.cpu,
      timeNs: entry.timeNs,
      latencyNs,
      sleptNs: entry.slept ? latencyNs : open.sleptNs,
      preemptedNs: open.preemptedNs,
      address: entry.address,
      ip: entry.ip,
      kernelIp: entry.kernelIp,
      pageBytes: sample.pageBytes,
      physicalMebibyte: sample.physicalMebibyte,
      callchain: entry.callchain,
      errorCode: entry.errorCode,
      signs: entry.signs,
    };
  }

  /** A switch of any thread, in the order of time: inside a fault it tells waiting from working. */
  addSwitch(record: SwitchRecord): void {
    const open = this.#open.get(record.tid);
    if (open === undefined) return;
    if (record.out) open.away = record;
    else if (open.away !== null) {
      const awayNs = Math.max(0, record.timeNs - open.away.timeNs);
      if (open.away.preempted) open.preemptedNs += awayNs;
      else open.sleptNs += awayNs;
      open.away = null;
    }
  }

  get totals(): PairingTotals {
    return {
      entries: this.#entries,
      minor: this.#minor,
      major: this.#major,
      unservedEntries: this.#replaced + this.#open.size,
      orphanCompletions: this.#orphans,
      addressMismatches: this.#mismatches,
    };
  }
}
