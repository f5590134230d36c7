/** /proc/pressure/*: share of time in which tasks waited for a resource (PSI). */
import { fileReader } from '../../host/reader.ts';
import { bigNumber, decimalNumber, numberedLines } from '../lines.ts';

export interface PressureLine {
  readonly avg10Pct: number;
  readonly avg60Pct: number;
  readonly avg300Pct: number;
  /** Since boot; the difference of two readings over the elapsed time is the exact share. */
  readonly totalUs: bigint;
}

export interface Pressure {
  /** At least one task waited. */
  readonly some: PressureLine | null;
  /** All tasks that were not idle waited. */
  readonly full: PressureLine | null;
}

export function parsePressure(text: string): Pressure {
  const lines = new Map<string, PressureLine>();
  for (const { line, text: content } of numberedLines(text)) {
    const [kind = '', ...pairs] = content.trim().split(/\s+/);
    const values = new Map(pairs.map((pair) => pair.split('=', 2) as [string, string]));
    if (kind !== 'some' && kind !== 'full') continue;
    lines.set(kind, {
      avg10Pct: decimalNumber(values.get('avg10'), line),
      avg60Pct: decimalNumber(values.get('avg60'), line),
      avg300Pct: decimalNumber(values.get('avg300'), line),
      totalUs: bigNumber(values.get('total'), line),
    });
  }
  return { some: lines.get('some') ?? null, full: lines.get('full') ?? null };
}

const doc = 'Documentation/accounting/psi.rst';

export const cpuPressure = fileReader({
  path: '/proc/pressure/cpu',
  doc,
  capture: 'machine',
  parse: parsePressure,
});
export const memoryPressure = fileReader({
  path: '/proc/pressure/memory',
  doc,
  capture: 'machine',
  parse: parsePressure,
});
export const ioPressure = fileReader({
  path: '/proc/pressure/io',
  doc,
  capture: 'machine',
  parse: parsePressure,
});
