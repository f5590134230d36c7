/** One row of `keel faults watch`: as text, as CSV, as JSON. */
import { type GapList, isMissing, type Maybe, orNull } from '../../../base/missing.ts';
import type { FaultRates } from '../../../model/faults/rates.ts';
import type { Json } from '../../command.ts';
import { formatCount, formatPct } from '../../output/format.ts';
import { cells, type Look, padEnd, padStart, safeName } from '../../output/look.ts';
import { flow } from '../../output/wrap.ts';

export const CSV_HEADER = [
  'time',
  'tgid',
  'tid',
  'comm',
  'elapsedNs',
  'minorFaults',
  'majorFaults',
  'childMinorFaults',
  'childMajorFaults',
  'minorPerSec',
  'majorPerSec',
  'stallNs',
  'marks',
] as const;

export function ratesCsv(
  rates: FaultRates,
  elapsedNs: number,
  time: string | null,
): (string | number | null)[] {
  const cell = (value: Maybe<number> | null) => (value === null ? null : orNull(value));
  return [
    time,
    rates.tgid,
    rates.tid,
    rates.comm,
    elapsedNs,
    cell(rates.minorFaults),
    cell(rates.majorFaults),
    cell(rates.childMinorFaults),
    cell(rates.childMajorFaults),
    cell(rates.minorPerSec),
    cell(rates.majorPerSec),
    rates.stallNs,
    rates.marks.join(' '),
  ];
}

export function ratesJson(rates: FaultRates, gaps: GapList, field: string): Json {
  const take = (name: string, value: Maybe<number> | null) =>
    value === null ? null : gaps.take(`${field}.${name}`, value);
  return {
    tgid: rates.tgid,
    tid: rates.tid,
    comm: rates.comm,
    minorFaults: take('minorFaults', rates.minorFaults),
    majorFaults: take('majorFaults', rates.majorFaults),
    childMinorFaults: take('childMinorFaults', rates.childMinorFaults),
    childMajorFaults: take('childMajorFaults', rates.childMajorFaults),
    minorPerSec: take('minorPerSec', rates.minorPerSec),
    majorPerSec: take('majorPerSec', rates.majorPerSec),
    stallNs: rates.stallNs,
    stallPct: rates.stallPct,
    marks: rates.marks,
  };
}

/**
 * A line, or more where it would be wider than the screen.
 * @param name before the numbers, where there is more than one row an interval; blank otherwise
 */
export function ratesLines(rates: FaultRates, clock: string, name: string, look: Look): string[] {
  const perSecond = (value: Maybe<number>, width: number) =>
    padStart(isMissing(value) ? (look.unicode ? '—' : '-') : formatCount(Math.round(value)), width);
  const numbers = [
    `Minor: ${perSecond(rates.minorPerSec, 8)}/s, Major: ${perSecond(rates.majorPerSec, 5)}/s`,
    ...stallPart(rates, look),
    ...childPart(rates, look),
  ];
  const marks = rates.marks.length > 0 ? [look.colors.yellow(`! ${rates.marks.join(' ')}`)] : [];
  const parts = [...numbers.map((part, i) => (i < numbers.length - 1 ? `${part},` : part)), ...marks];
  const start = `[${clock}] ${name}`;
  return flow(parts, look.width - cells(start), ' ').map(
    (line, i) => `${i === 0 ? start : padEnd('', cells(start))}${line}`,
  );
}

function stallPart({ stallPct }: FaultRates, look: Look): string[] {
  if (stallPct === null) return [];
  return [`${look.say({ en: 'stall', ko: '멈춤' })} ${padStart(formatPct(stallPct), 7)}`];
}

/** Children are counted when they are waited for, so mostly there is nothing to say. */
function childPart({ childMinorFaults, childMajorFaults }: FaultRates, look: Look): string[] {
  const count = (value: Maybe<number> | null) => (value === null || isMissing(value) ? 0 : value);
  const [minor, major] = [count(childMinorFaults), count(childMajorFaults)];
  if (minor + major === 0) return [];
  const counts = `${formatCount(minor)}/${formatCount(major)}`;
  return [look.say({ en: `children ${counts}`, ko: `자식 ${counts}` })];
}

export function rowName(rates: FaultRates): string {
  const id = rates.tid === null ? `${rates.tgid}` : ` ${rates.tid}`;
  return `${id.padEnd(8)} ${padEnd(safeName(rates.comm), 15)} `;
}
