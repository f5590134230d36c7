import { describe, expect, it } from 'vitest';
import type { FoundTarget } from '../../../app/find-targets.ts';
import type { StallMeter } from '../../../app/measure-stall.ts';
import type { Sample } from '../../../app/sample-targets.ts';
import type { ProcessReading } from '../../../model/snapshot.ts';
import { processReading, threadReading } from '../../../model/testing/readings.ts';
import type { StreamRecord } from '../../command.ts';
import { cells, createLook } from '../../output/look.ts';
import { type WatchView, watchRecords } from './records.ts';
import { CSV_HEADER } from './rows.ts';

const look = createLook({ language: 'en', width: 80, unicode: true, colour: false });
const arena: FoundTarget = { tgid: 4127, comm: 'arena', startTicks: 100n, tid: null };
const VIEW: WatchView = {
  targets: [arena],
  everyNs: 1e9,
  limits: { minorPerSec: 1000, majorPerSec: 10, stallPct: null },
  threads: false,
};

function faults(minor: number, major: number, child = 0): ProcessReading {
  const thread = threadReading(4127, 4127, { minorFaults: BigInt(minor), majorFaults: BigInt(major) });
  return processReading(4127, [thread], {
    minorFaults: BigInt(minor),
    majorFaults: BigInt(major),
    childMinorFaults: BigInt(child),
  });
}

/** @param everyNs between the samples; null is a process that has ended */
async function watch(
  readings: readonly (ProcessReading | null)[],
  view: Partial<WatchView> = {},
  stall: StallMeter | null = null,
  everyNs = 1e9,
): Promise<StreamRecord[]> {
  async function* samples(): AsyncGenerator<Sample> {
    for (const [i, reading] of readings.entries()) {
      yield {
        monotonicNs: BigInt(i * everyNs),
        sinceNs: i * everyNs,
        unixMs: null,
        processes: new Map(reading === null ? [] : [[4127, reading]]),
        ended: reading === null ? [arena] : [],
        skipped: 0,
      };
    }
  }
  const found: StreamRecord[] = [];
  for await (const one of watchRecords(samples(), { ...VIEW, ...view }, stall)) found.push(one);
  return found;
}

const text = (records: readonly StreamRecord[]) => records.flatMap((one) => one.lines?.(look) ?? []);

describe('keel faults watch', () => {
  it('prints the limits, no row for the baseline, rates over measured time, and each mark', async () => {
    const records = await watch(
      [faults(900_000, 5), faults(900_800, 5), faults(904_000, 55), null],
      {},
      null,
      2e9,
    );
    expect(text(records)).toEqual([
      'arena 4127 every 1 s; warns above minor 1,000/s, major 10/s',
      '[--:--:--] Minor:      400/s, Major:     0/s',
      '[--:--:--] Minor:    1,600/s, Major:    25/s ! minor major',
      'arena 4127 ended at --:--:--; watched 6 s, 1 warning',
    ]);
    expect(records.at(-1)?.exitCode).toBe(5);
  });

  it('warns strictly above the limit', async () => {
    expect(text(await watch([faults(0, 0), faults(1000, 10)])).join()).not.toContain('!');
    expect(text(await watch([faults(0, 0), faults(1001, 11)])).join()).toContain('! minor major');
  });

  it('takes a counter that is 0 as a baseline too', async () => {
    expect(text(await watch([faults(0, 0), faults(7, 0)]))).toHaveLength(2);
  });

  it('does not make a rate of another process with the same id', async () => {
    const other = processReading(4127, [], { minorFaults: 10n, startTicks: 999n });
    const rows = text(await watch([faults(900_000, 0), other]));
    expect(rows[1]).toContain('Minor:       10/s');
  });

  it('tells the faults of children when they have ended', async () => {
    expect(text(await watch([faults(0, 0), faults(0, 0, 6543)]))[1]).toContain('children 6,543/0');
  });

  it('shows the stall of each interval, and stops measuring however it ends', async () => {
    let isStopped = false;
    const meter: StallMeter = {
      take: () => ({ byProcess: new Map([[4127, 61e6]]), byThread: new Map() }),
      stop: async () => {
        isStopped = true;
      },
    };
    const rows = text(
      await watch([faults(0, 0), faults(5, 0)], { limits: { ...VIEW.limits, stallPct: 1 } }, meter),
    );
    expect(rows[1]).toContain('stall   6.1 % ! stall');
    expect(isStopped).toBe(true);
  });

  it('has a row for each thread where asked, within 80 columns', async () => {
    const rows = text(await watch([faults(0, 0), faults(123_456, 99, 999_999)], { threads: true }));
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows.slice(1)) expect(cells(row)).toBeLessThanOrEqual(80);
  });

  it('has CSV cells for each title', async () => {
    for (const row of (await watch([faults(0, 0), faults(1, 0)]))[1]?.csv ?? [])
      expect(row).toHaveLength(CSV_HEADER.length);
  });
});
