/** Numbers as people read them: with a unit, three digits at most. */

const TIME_UNITS: readonly (readonly [number, string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

export function timeText(ns: number | null | undefined): string {
  if (ns === null || ns === undefined) return '—';
  const [size, unit] = TIME_UNITS.find(([least]) => Math.abs(ns) >= least) ?? [1, 'ns'];
  return `${digits(ns / size)} ${unit}`;
}

/** For what lasts minutes: `10 min`, `90 s`. */
export function longTimeText(ns: number): string {
  const minutes = ns / 60e9;
  return Number.isInteger(minutes) ? `${minutes} min` : timeText(ns);
}

const SIZE_UNITS: readonly (readonly [number, string])[] = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, 'B'],
];

export function sizeText(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '—';
  const [size, unit] = SIZE_UNITS.find(([least]) => bytes >= least) ?? [1, 'B'];
  return `${digits(bytes / size)} ${unit}`;
}

export function countText(count: number | null | undefined): string {
  return count === null || count === undefined ? '—' : Math.round(count).toLocaleString('en-US');
}

export function pctText(pct: number | null | undefined): string {
  return pct === null || pct === undefined ? '—' : `${pct.toFixed(1)} %`;
}

function digits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function clockText(unixMs: number | null): string {
  if (unixMs === null) return '';
  const date = new Date(unixMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}

/** A value of a finding, whose unit is the ending of its name in JSON. */
export function evidenceText(value: number, unit: string): string {
  switch (unit) {
    case 'Ns':
      return timeText(value);
    case 'Bytes':
      return sizeText(value);
    case 'Pct':
      return pctText(value);
    case 'PerSec':
      return `${Number(value.toPrecision(3)).toLocaleString('en-US')}/s`;
    default:
      return `${Number(value.toPrecision(3))} ${unit}`;
  }
}

/** `-83 %`, `+6.4 %`; a dash where it is not known. */
export function changeText(pct: number | null): string {
  if (pct === null) return '—';
  const text = Math.abs(pct) < 9.95 ? pct.toFixed(1) : pct.toFixed(0);
  return `${pct > 0 ? '+' : ''}${text.replace('-', '−')} %`;
}

export function intervalText([low, high]: readonly [number, number]): string {
  return `${changeText(low)} … ${changeText(high)}`;
}

/** A value of a trial; without a unit it is a number of the user's own. */
export function valueText(value: number | null, unit: string | null): string {
  if (value === null) return '—';
  return unit === null || unit === 'Ratio' ? String(Number(value.toPrecision(3))) : evidenceText(value, unit);
}
