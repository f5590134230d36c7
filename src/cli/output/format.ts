/** Numbers for people: a unit always, and only as many digits as mean something. */
import { GIB, KIB, MIB } from '../../base/units.ts';

/** `1.4 ms`, `12 µs`, `3 d 4 h`: three significant digits below a minute, two units above. */
export function formatDuration(ns: number, unicode = true): string {
  const micro = unicode ? 'µs' : 'us';
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${significant(ns / 1e3)} ${micro}`;
  if (ns < 1e9) return `${significant(ns / 1e6)} ms`;
  if (ns < 60e9) return `${significant(ns / 1e9)} s`;
  const minutes = Math.floor(ns / 60e9);
  if (minutes < 60) return `${minutes} min ${Math.floor((ns % 60e9) / 1e9)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Binary units: `31.3 GiB`, `512 KiB`, `96 B`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1024 * GIB) return `${significant(bytes / (1024 * GIB))} TiB`;
  if (bytes >= GIB) return `${significant(bytes / GIB)} GiB`;
  if (bytes >= MIB) return `${significant(bytes / MIB)} MiB`;
  if (bytes >= KIB) return `${significant(bytes / KIB)} KiB`;
  return `${bytes} B`;
}

export function formatCount(count: number | bigint): string {
  return count.toLocaleString('en-US');
}

export function formatPct(pct: number): string {
  return `${pct.toFixed(1)} %`;
}

/** Three significant digits, without an exponent: 1.42, 12.3, 123, 1230. */
export function significant(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toString();
  return value.toFixed(value >= 10 ? 1 : 2).replace(/\.0+$/, '');
}
