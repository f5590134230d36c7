/** Frames as JSON: each value that is missing is null, and stands in `gaps`. */
import { GapList, isMissing } from '../../base/missing.ts';
import type { WatchFrame } from '../../model/watch/frame.ts';
import type { Json } from '../command.ts';

/** The frame in the form of its type; sentences are English, 64-bit values decimal strings. */
export function frameJson(frame: WatchFrame): { readonly [key: string]: Json } {
  const gaps = new GapList();
  const plain = plainOf(frame, '', gaps) as { readonly [key: string]: Json };
  return {
    time: frame.unixMs === null ? null : new Date(frame.unixMs).toISOString(),
    ...plain,
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

function plainOf(value: unknown, field: string, gaps: GapList): Json {
  if (isMissing(value)) return gaps.take(field, value) as null;
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map((one, i) => plainOf(one, `${field}[${i}]`, gaps));
  if (typeof value !== 'object' || value === null) return value as Json;
  if ('en' in value && 'ko' in value) return String(value.en);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      plainOf(one, field === '' ? name : `${field}.${name}`, gaps),
    ]),
  );
}
