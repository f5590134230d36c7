/**
 * What the way into and out of an interrupt costs a thread besides the interrupt itself. Tracepoints begin late and end
 * early; the rest is the processor's, and under nested virtualisation it is many microseconds. keel spins for a moment,
 * sees the gaps of its own clock, and takes from each gap with one interrupt what the kernel tells of it.
 */
import { isMissing, type Missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import type { InterruptEvent, SwitchEvent } from '../model/late/events.ts';
import { TimeBase } from '../perf/time-base.ts';
import type { LateLookups } from './decode-late-events.ts';
import type { OpenLateFeed } from './late-feed.ts';

const SPIN_NS = 250_000_000n;
/** A reading of the clock takes less. */
const GAP_NS = 2_000;
/** Fewer gaps say nothing. */
const LEAST_GAPS = 12;

interface Gap {
  readonly fromNs: number;
  readonly toNs: number;
}

/** The median in nanoseconds; 0 where too little was seen. Takes a quarter of a second of one CPU. */
export function calibrateEntryNs(host: Host, open: OpenLateFeed): number | Missing {
  const base = new TimeBase(process.hrtime.bigint());
  const lookups: LateLookups = {
    sleepOf: () => 'unknown',
    interruptOf: (number) => `${number}`,
    placeOf: () => '',
    taskOf: (tid) => ({ tid, tgid: tid, comm: '' }),
  };
  const tgid = process.pid;
  const scope = {
    tgid,
    tid: tgid,
    stackOverNs: Number.MAX_SAFE_INTEGER,
    faultOverNs: 0,
    keepUnderNs: 0,
    keepIdleUnderNs: 0,
  };
  const feed = open(host, scope, base, lookups);
  if (isMissing(feed)) return feed;
  try {
    const gaps = spin(base.baseNs);
    const interrupts: InterruptEvent[] = [];
    const switchesNs: number[] = [];
    feed.finish(Number.POSITIVE_INFINITY, [], (event) => {
      if (event.kind === 'interrupt' && event.witness === tgid) interrupts.push(event);
      if (event.kind === 'switch' && isSwitchOf(event, tgid)) switchesNs.push(event.timeNs);
    });
    const own = gaps.filter((gap) => !switchesNs.some((ns) => ns >= gap.fromNs && ns <= gap.toNs));
    return medianEntryNs(own, interrupts);
  } finally {
    feed[Symbol.dispose]();
  }
}

/** Rings tell those of all CPUs. */
function isSwitchOf({ previous, next }: SwitchEvent, tid: number): boolean {
  return previous.tid === tid || next.tid === tid;
}

function spin(baseNs: bigint): Gap[] {
  const gaps: Gap[] = [];
  const end = process.hrtime.bigint() + SPIN_NS;
  for (let last = process.hrtime.bigint(); last < end; ) {
    const at = process.hrtime.bigint();
    if (at - last > GAP_NS) gaps.push({ fromNs: Number(last - baseNs), toNs: Number(at - baseNs) });
    last = at;
  }
  return gaps;
}

/** Of gaps with one interrupt, what the interrupt does not explain. Softirqs behind it count as part of it. */
export function medianEntryNs(gaps: readonly Gap[], interrupts: readonly InterruptEvent[]): number {
  const costs = gaps.flatMap(({ fromNs, toNs }) => {
    const within = interrupts.filter((one) => one.sinceNs >= fromNs && one.timeNs <= toNs);
    if (within.filter((one) => one.interrupt.level === 'interrupt').length !== 1) return [];
    const toldNs = within.reduce((sum, one) => sum + one.timeNs - one.sinceNs, 0);
    return [Math.max(0, toNs - fromNs - toldNs)];
  });
  if (costs.length < LEAST_GAPS) return 0;
  return costs.sort((a, b) => a - b)[costs.length >> 1] as number;
}
