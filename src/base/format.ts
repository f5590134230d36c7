/** Numbers for people: a unit always, and only as many digits as mean something. */
import { groupDigits } from './sentence.ts';
import { GIB, KIB, MIB } from './units.ts';

/**
 * `1.42 ms`, `12.3 µs`, `3 d 4 h`, `10 min`: three significant digits below a minute, two units above. A unit ends where rounding
 * would reach the next one, so there is no "1000 µs".
 */
export function formatDuration(ns: number, unicode = true): string {
  const micro = unicode ? 'µs' : 'us';
  if (ns < 999.5) return `${Math.round(ns)} ns`;
  if (ns < 999.5e3) return `${significant(ns / 1e3)} ${micro}`;
  if (ns < 999.5e6) return `${significant(ns / 1e6)} ms`;
  if (ns < 59.95e9) return `${significant(ns / 1e9)} s`;
  const seconds = Math.max(60, Math.floor(ns / 1e9));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return twoUnits(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return twoUnits(hours, 'h', minutes % 60, 'min');
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function twoUnits(count: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${restUnit}`;
}

/** `1.94 ns`, `24.3 ns`, `116 ns`: what one load or one instruction takes. */
export function formatNs(ns: number): string {
  return `${significant(ns)} ns`;
}

/** Binary units: `31.3 GiB`, `512 KiB`, `96 B`. */
export function formatBytes(bytes: number): string {
  const fits = (unitBytes: number) => bytes >= unitBytes * ROUNDS_UP;
  if (fits(1024 * GIB)) return `${significant(bytes / (1024 * GIB))} TiB`;
  if (fits(GIB)) return `${significant(bytes / GIB)} GiB`;
  if (fits(MIB)) return `${significant(bytes / MIB)} MiB`;
  if (bytes >= KIB) return `${significant(bytes / KIB)} KiB`;
  return `${bytes} B`;
}

/** What is not below 1023.5 of a unit is written as 1 of the next. */
const ROUNDS_UP = 1023.5 / 1024;

export function formatCount(count: number | bigint): string {
  return groupDigits(count);
}

export function formatPct(pct: number): string {
  return `${pct.toFixed(1)} %`;
}

/** Three significant digits, without an exponent: 1.42, 12.3, 123, 1230. */
export function significant(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toString();
  return value.toFixed(value >= 10 ? 1 : 2).replace(/\.0+$/, '');
}
