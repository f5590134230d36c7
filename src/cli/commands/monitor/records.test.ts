import { describe, expect, it } from 'vitest';
import type { FoundTarget } from '../../../app/find-targets.ts';
import type { Sample } from '../../../app/sample-targets.ts';
import { missing } from '../../../base/missing.ts';
import type { ProcessReading } from '../../../model/snapshot.ts';
import { processReading, type ThreadParts, threadReading } from '../../../model/testing/readings.ts';
import type { StreamRecord } from '../../command.ts';
import { cells, createLook } from '../../output/look.ts';
import { CSV_HEADER } from './data.ts';
import { type MonitorView, monitorRecords } from './records.ts';

const look = (language: 'en' | 'ko' = 'en', unicode = true) =>
  createLook({ language, width: 80, unicode, colour: false });

const arena: FoundTarget = { tgid: 4127, comm: 'arena', startTicks: 100n, tid: null };
const VIEW: MonitorView = {
  targets: [arena],
  threads: false,
  show: 12,
  everyNs: 1e9,
  readNs: 9e5,
  obtainedBy: 'proc',
};

/** Two threads: "tick" moves between CPUs 4 and 6, "net" stays on 2. */
function at(second: number, tick: ThreadParts = {}, net: ThreadParts = {}): ProcessReading {
  const done = BigInt(second);
  return processReading(
    4127,
    [
      threadReading(4127, 4127, {
        comm: 'tick',
        cpu: second % 2 === 0 ? 4 : 6,
        runTimeNs: done * 600_000_000n,
        runDelayNs: done * 46_000_000n,
        migrations: done * 14n,
        voluntarySwitches: done * 1312n,
        involuntarySwitches: done * 201n,
        ...tick,
      }),
      threadReading(4127, 4133, { comm: 'net', cpu: 2, runTimeNs: done * 250_000_000n, ...net }),
    ],
    { minorFaults: done * 412n, majorFaults: done, rssBytes: 4_401_922_048n + done * 1_048_576n },
  );
}

function samples(readings: readonly (ProcessReading | null)[]): Sample[] {
  return readings.map((reading, i) => ({
    monotonicNs: BigInt(i) * 1_000_000_000n,
    sinceNs: i * 1e9,
    unixMs: null,
    processes: new Map(reading === null ? [] : [[4127, reading]]),
    ended: reading === null ? [arena] : [],
    skipped: 0,
  }));
}

async function records(list: readonly Sample[], view = VIEW): Promise<StreamRecord[]> {
  async function* all() {
    yield* list;
  }
  const found: StreamRecord[] = [];
  for await (const one of monitorRecords(all(), view)) found.push(one);
  return found;
}

const text = (all: readonly StreamRecord[], as = look()) => all.flatMap((one) => one.lines?.(as) ?? []);

describe('keel monitor as text', () => {
  it('shows a row an interval, none for the baseline, then the summary', async () => {
    expect(text(await records(samples([at(0), at(1), at(2)]))).join('\n')).toMatchInlineSnapshot(`
      "time       RSS MiB   CPU %   on CPUs   moves    vol/invol    delay     min/maj
      +1.0 s     4,199.0    85.0       6,2      14     1312/201    46 ms       412/1
      +2.0 s     4,200.0    85.0       4,2      14     1312/201    46 ms       412/1

      2.000 s, 85.0 % of one CPU on average   RSS 4,199 -> 4,200 MiB
        moves 28 (14/s)   switches: voluntary 2,624 (1,312/s), involuntary 402 (201/s)
        run delay 92 ms (4.6 %)   faults: minor 824 (412/s), major 2 (1/s)
         CPU   run time  share              over 2.000 s; a full block is one CPU
           4     600 ms   35.3 % ███▌                          ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅
           6     600 ms   35.3 % ███▌       ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅
           2     500 ms   29.4 % ███        ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂
      Time on each CPU: 29.4 % is exact (no move in the interval), the rest goes to
      the CPU seen last."
    `);
  });

  it('announces the end', async () => {
    const lines = text(await records(samples([at(0), at(1), null])));
    expect(lines.filter((line) => line.includes('ended'))).toEqual(['arena 4127 ended; seen at +2.0 s']);
    expect(lines.filter((line) => line.includes('1.000 s'))).toHaveLength(2);
  });

  it('shows the busiest threads, and how many more there are', async () => {
    const lines = text(await records(samples([at(0), at(1)]), { ...VIEW, threads: true, show: 1 }));
    expect(lines.slice(0, 5).join('\n')).toMatchInlineSnapshot(`
      "     ID  name           CPU %  on CPUs   moves    vol/invol    delay     min/maj
      +1.0 s
         4127  arena           85.0      6,2      14     1312/201    46 ms       412/1
         4127   tick           60.0        6      14     1312/201    46 ms         0/0
      1 more: --show 2"
    `);
  });

  it('shows a dash and the reason where the kernel gives no number', async () => {
    const sched = missing('denied', '/proc/4127/task/4127/sched', 'EACCES');
    const lines = text(await records(samples([at(0, { sched }), at(1, { sched })])));
    expect(lines[1]).toMatch(/85\.0 .* — +—\/—/);
    expect(lines.at(-1)).toBe('— not readable: /proc/4127/task/4127/sched (denied)');
  });

  it('lets no name steer the terminal', async () => {
    const hostile = { comm: 'x\u001b[2J\ny' };
    const lines = text(await records(samples([at(0, hostile), at(1, hostile)]), { ...VIEW, threads: true }));
    expect(lines.join('')).not.toMatch(/[\u001b\n]/);
  });

  it.each(['en', 'ko'] as const)('fits 80 columns in %s', async (language) => {
    const big = { runDelayNs: 987_654_321_000n, voluntarySwitches: 123_456_789n, migrations: 987_654n };
    for (const threads of [false, true]) {
      const all = await records(samples([at(0), at(1, big, big), at(2, big, big)]), { ...VIEW, threads });
      for (const line of text(all, look(language))) expect([line, cells(line) <= 80]).toEqual([line, true]);
    }
  });

  it('keeps to ASCII where asked', async () => {
    const all = await records(samples([at(0), at(1), at(2)]));
    expect(text(all, look('en', false)).join('')).toMatch(/^[\x20-\x7e]*$/);
  });

  it('says that nothing was measured before the first interval', async () => {
    expect(text(await records(samples([at(0)]))).at(-1)).toMatch(/nothing was measured/);
  });
});

describe('keel monitor as data', () => {
  it('gives start, intervals, end and summary with the schema', async () => {
    const json = (await records(samples([at(0), at(1), null]))).map((one) => one.json);
    expect(json.map((one) => [one?.schema, one?.record])).toEqual([
      ['keel.monitor/1', 'start'],
      ['keel.monitor/1', 'interval'],
      ['keel.monitor/1', 'ended'],
      ['keel.monitor/1', 'summary'],
    ]);
    expect(json[1]).toMatchObject({
      elapsedNs: 1e9,
      tasks: [{ tgid: 4127, tid: null, cpuPct: 85, cpus: '2,6', migrations: 14, minorFaults: 412 }],
      gaps: [],
    });
    expect(json[3]).toMatchObject({
      tasks: [{ intervals: 1, migrationsPerSec: 14, timeOnCpus: [{ cpu: 6, exactNs: 0 }, { cpu: 2 }] }],
    });
  });

  it('says null with a gap, never zero', async () => {
    const sched = missing('denied', '/proc/4127/task/4127/sched', 'EACCES');
    const json = (await records(samples([at(0, { sched }), at(1, { sched })])))[1]?.json;
    expect(json).toMatchObject({ tasks: [{ migrations: null, runDelayNs: 46_000_000 }] });
    expect(json?.gaps).toContainEqual(
      expect.objectContaining({ field: 'tasks[0].migrations', reason: 'denied' }),
    );
  });

  it('has as many CSV fields as the header', async () => {
    const rows = (await records(samples([at(0), at(1)]), { ...VIEW, threads: true })).flatMap(
      (one) => one.csv ?? [],
    );
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toHaveLength(CSV_HEADER.length);
  });
});
