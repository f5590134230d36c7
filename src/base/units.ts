/** Conversions at the door: the kernel's units become bytes and nanoseconds. */

/** The kernel writes "kB" and means KiB. */
export const KIB = 1024;
export const MIB = 1024 * 1024;
export const GIB = 1024 * 1024 * 1024;

export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_SEC = 1_000_000_000;

/** Clock ticks (USER_HZ) to nanoseconds, exactly. */
export function ticksToNs(ticks: bigint, ticksPerSec: number): bigint {
  return (ticks * 1_000_000_000n) / BigInt(ticksPerSec);
}

const DURATION_UNITS_NS: Readonly<Record<string, number>> = {
  us: NS_PER_US,
  µs: NS_PER_US,
  ms: NS_PER_MS,
  s: NS_PER_SEC,
  m: 60 * NS_PER_SEC,
  min: 60 * NS_PER_SEC,
  h: 3600 * NS_PER_SEC,
};

/**
 * A duration as people type it: `30s`, `1.5ms`, `2m`, `100us`; a bare number is seconds.
 * @returns nanoseconds, or null where the text is no duration, is negative, or is over 10 years
 */
export function parseDurationNs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(us|µs|ms|s|min|m|h)?$/.exec(text.trim());
  if (!match) return null;
  const ns = Math.round(Number(match[1]) * (DURATION_UNITS_NS[match[2] ?? 's'] ?? Number.NaN));
  return Number.isFinite(ns) && ns <= 3650 * 24 * 3600 * NS_PER_SEC ? ns : null;
}

const SIZE_UNITS_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  K: KIB,
  KiB: KIB,
  M: MIB,
  MiB: MIB,
  G: GIB,
  GiB: GIB,
};

/**
 * A size as people type it: `4MiB`, `512K`; a bare number is bytes.
 * @returns bytes, or null where the text is no size or is over 2^53
 */
export function parseSizeBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|K|M|G)?$/.exec(text.trim());
  if (!match) return null;
  const bytes = Math.round(Number(match[1]) * (SIZE_UNITS_BYTES[match[2] ?? 'B'] ?? Number.NaN));
  return Number.isSafeInteger(bytes) ? bytes : null;
}
