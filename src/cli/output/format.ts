/** Numbers for columns and clocks; those that sentences use as well are in base/format.ts. */
import { formatCount, formatDuration, significant } from '../../base/format.ts';

export {
  formatBytes,
  formatCount,
  formatDuration,
  formatNs,
  formatPct,
  significant,
} from '../../base/format.ts';

/** A duration in one unit and two significant digits, for narrow columns: `1.1 µs`, `18 ms`, `320 s`. */
export function formatShort(ns: number, unicode = true): string {
  const [unit, size] =
    ns < 1e3 ? ['ns', 1] : ns < 1e6 ? [unicode ? 'µs' : 'us', 1e3] : ns < 1e9 ? ['ms', 1e6] : ['s', 1e9];
  const value = ns / (size as number);
  return `${value < 9.95 && size !== 1 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** Events per second: `14.4/s`, `10,440/s`. */
export function formatRate(perSec: number): string {
  return `${perSec >= 1000 ? formatCount(Math.round(perSec)) : significant(perSec)}/s`;
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
