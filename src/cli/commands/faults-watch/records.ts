/** Turns samples into the records of `keel faults watch`. */
import type { FoundTarget } from '../../../app/find-targets.ts';
import type { StallMeter, StallTaken } from '../../../app/measure-stall.ts';
import type { Sample } from '../../../app/sample-targets.ts';
import { EXIT } from '../../../base/errors.ts';
import { GapList } from '../../../base/missing.ts';
import { plural } from '../../../base/sentence.ts';
import { type FaultLimits, type FaultRates, processRates, threadRates } from '../../../model/faults/rates.ts';
import { processInterval } from '../../../model/task-interval.ts';
import type { StreamRecord } from '../../command.ts';
import { formatCount, formatDuration, formatTimeOfDay } from '../../output/format.ts';
import { safeName } from '../../output/look.ts';
import { ratesCsv, ratesJson, ratesLines, rowName } from './rows.ts';

const SCHEMA = 'keel.faults.watch/1';

export interface WatchView {
  readonly targets: readonly FoundTarget[];
  readonly everyNs: number;
  readonly limits: FaultLimits;
  readonly threads: boolean;
}

/** Detaches the meter however the loop ends. */
export async function* watchRecords(
  samples: AsyncIterable<Sample>,
  view: WatchView,
  stall: StallMeter | null,
): AsyncGenerator<StreamRecord> {
  let before: Sample | undefined;
  let warnings = 0;
  try {
    for await (const sample of samples) {
      const taken = stall?.take() ?? null;
      if (before === undefined) yield bannerRecord(view);
      else {
        const elapsedNs = Number(sample.monotonicNs - before.monotonicNs);
        const rows = rowsOf(before, sample, elapsedNs, taken, view);
        warnings += rows.filter((row) => row.tid === null && row.marks.length > 0).length;
        if (rows.length > 0) yield intervalRecord(rows, sample, elapsedNs, view);
      }
      for (const target of sample.ended) yield endedRecord(target, sample, warnings);
      before = sample;
    }
  } finally {
    await stall?.stop();
  }
}

function rowsOf(
  before: Sample,
  after: Sample,
  elapsedNs: number,
  taken: StallTaken | null,
  { limits, threads }: WatchView,
): readonly FaultRates[] {
  return [...after.processes.values()].flatMap((reading) => {
    const interval = processInterval(before.processes.get(reading.tgid), reading);
    const stallOf = (map: ReadonlyMap<number, number> | undefined, id: number) =>
      map === undefined ? null : (map.get(id) ?? 0);
    const whole = processRates(interval, elapsedNs, stallOf(taken?.byProcess, interval.tgid), limits);
    if (!threads) return [whole];
    const each = interval.threads.map((thread) =>
      threadRates(thread, elapsedNs, stallOf(taken?.byThread, thread.tid), limits),
    );
    return [whole, ...each];
  });
}

function bannerRecord({ targets, everyNs, limits }: WatchView): StreamRecord {
  return {
    json: {
      schema: SCHEMA,
      record: 'start',
      targets: targets.map(({ tgid, comm }) => ({ tgid, comm })),
      everyNs,
      limits: { ...limits },
    },
    lines: (look) => {
      const names = targets.map((target) => `${safeName(target.comm)} ${target.tgid}`).join(', ');
      const every = formatDuration(everyNs, look.unicode);
      const stall = limits.stallPct === null ? '' : `, stall ${limits.stallPct} %`;
      const above = `minor ${formatCount(limits.minorPerSec)}/s, major ${formatCount(limits.majorPerSec)}/s${stall}`;
      return [
        look.say({
          en: `${names} every ${every}; warns above ${above}`,
          ko: `${names}, ${every}마다. 경고 한도: ${above}`,
        }),
      ];
    },
  };
}

function intervalRecord(
  rows: readonly FaultRates[],
  sample: Sample,
  elapsedNs: number,
  view: WatchView,
): StreamRecord {
  const gaps = new GapList();
  const time = sample.unixMs === null ? null : new Date(sample.unixMs).toISOString();
  return {
    json: {
      schema: SCHEMA,
      record: 'interval',
      time,
      monotonicNs: String(sample.monotonicNs),
      elapsedNs,
      tasks: rows.map((row, i) => ratesJson(row, gaps, `tasks[${i}]`)),
      gaps: gaps.gaps.map((gap) => ({ ...gap })),
    },
    csv: rows.map((row) => ratesCsv(row, elapsedNs, time)),
    lines: (look) => {
      const named = view.threads || view.targets.length > 1;
      return rows.flatMap((row) => ratesLines(row, clockOf(sample), named ? rowName(row) : '', look));
    },
  };
}

function endedRecord(target: FoundTarget, sample: Sample, warnings: number): StreamRecord {
  const { tgid, comm } = target;
  const time = sample.unixMs === null ? null : new Date(sample.unixMs).toISOString();
  return {
    exitCode: EXIT.gone,
    json: { schema: SCHEMA, record: 'ended', time, tgid, comm, warnings },
    lines: (look) => {
      const watched = formatDuration(sample.sinceNs, look.unicode);
      const name = `${safeName(comm)} ${tgid}`;
      return [
        look.say({
          en: `${name} ended at ${clockOf(sample)}; watched ${watched}, ${plural(warnings, 'warning')}`,
          ko: `${name}이(가) ${clockOf(sample)}에 끝났습니다. ${watched} 관찰, 경고 ${warnings}회`,
        }),
      ];
    },
  };
}

function clockOf(sample: Sample): string {
  return sample.unixMs === null ? '--:--:--' : formatTimeOfDay(sample.unixMs);
}
