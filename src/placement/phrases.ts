/** How placements are worded: shares, sizes, names of threads and processes. Names are made harmless at rendering. */
import { GIB, MIB } from '../base/units.ts';
import type { OtherProcess, TargetProcess, TargetThread } from './situation.ts';

/** `12.3 %`, `240 %`. */
export function pct(value: number): string {
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} %`;
}

export function size(bytes: number): string {
  return bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.round(bytes / MIB)} MiB`;
}

/** `1.5`, `16`: how many CPUs. */
export function cpusOf(count: number): string {
  return `${Math.round(count * 100) / 100}`;
}

/** `tick 4131`, or `arena 4127` for the main thread. */
export function threadName(thread: Pick<TargetThread, 'comm' | 'tid'>): string {
  return `${thread.comm} ${thread.tid}`;
}

/** The unit where there is one, because it outlives the process: `backup.service`, else `zstd 9901`. */
export function holderName(process: Pick<OtherProcess | TargetProcess, 'comm' | 'tgid' | 'unit'>): string {
  return process.unit ?? `${process.comm} ${process.tgid}`;
}
