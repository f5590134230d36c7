/** Numbers for people: a unit always, and only as many digits as mean something. */
import { groupDigits } from '../../base/sentence.ts';
import { GIB, KIB, MIB } from '../../base/units.ts';

/**
 * `1.42 ms`, `12.3 µs`, `3 d 4 h`: three significant digits below a minute, two units above. A unit ends where rounding
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
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A duration in one unit and two significant digits, for narrow columns: `1.1 µs`, `18 ms`, `320 s`. */
export function formatShort(ns: number, unicode = true): string {
  const [unit, size] =
    ns < 1e3 ? ['ns', 1] : ns < 1e6 ? [unicode ? 'µs' : 'us', 1e3] : ns < 1e9 ? ['ms', 1e6] : ['s', 1e9];
  const value = ns / (size as number);
  return `${value < 9.95 && size !== 1 ? value.toFixed(1) : Math.round(value)} ${unit}`;
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

/** Events per second: `14.4/s`, `10,440/s`. */
export function formatRate(perSec: number): string {
  return `${perSec >= 1000 ? formatCount(Math.round(perSec)) : significant(perSec)}/s`;
}

/** Three significant digits, without an exponent: 1.42, 12.3, 123, 1230. */
export function significant(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toString();
  return value.toFixed(value >= 10 ? 1 : 2).replace(/\.0+$/, '');
}

/** A count for a narrow column: all digits up to 99,999, then `384k`, `18.0M`. */
export function formatShortCount(count: number): string {
  if (count < 100_000) return count.toString();
  if (count < 999_500) return `${Math.round(count / 1e3)}k`;
  return count < 999.5e6 ? `${significant(count / 1e6)}M` : `${significant(count / 1e9)}G`;
}

/** A wall-clock time of day where the reader is: `14:01:51`. */
export function formatTimeOfDay(unixMs: number): string {
  return new Date(unixMs).toTimeString().slice(0, 8);
}

/** A duration for a narrow column, in one unit: `12.3 ms`, `45.1 s`, `18.4 min`, `28.9 h`, `12.5 d`. */
export function formatShortDuration(ns: number, unicode = true): string {
  if (ns < 59.95e9) return formatDuration(ns, unicode);
  if (ns < 100 * 60e9) return `${significant(ns / 60e9)} min`;
  return ns < 100 * 3600e9 ? `${significant(ns / 3600e9)} h` : `${significant(ns / (24 * 3600e9))} d`;
}
