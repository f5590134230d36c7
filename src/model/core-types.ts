/** Kinds of cores on hybrid machines: performance, efficiency, and what lies between. */
import type { CpuSet } from '../base/cpu-set.ts';
import { type Maybe, orNull } from '../base/missing.ts';
import type { TopologyReadings } from './topology-readings.ts';

export const CORE_TYPES = ['performance', 'middle', 'efficiency', 'low-power'] as const;
export type CoreType = (typeof CORE_TYPES)[number];

/** What told them apart, the most trustworthy first. */
export type CoreTypeSource = 'counter-units' | 'capacity' | 'base-frequency';

export interface CoreTypes {
  readonly source: CoreTypeSource | null;
  readonly byCpu: ReadonlyMap<number, CoreType>;
}

const ALIKE: CoreTypes = { source: null, byCpu: new Map() };
/**
 * Cores of one type differ by a few percent in capacity (1024, 1010, 997 on one machine) because their highest turbo
 * frequencies do; types differ by a quarter and more. A gap of more than a tenth separates.
 */
const SAME_TYPE_RATIO = 0.9;

export function coreTypesOf(readings: TopologyReadings, online: CpuSet): CoreTypes {
  const { cpu_core, cpu_atom, cpu_lowpower } = readings.counterUnits;
  const units: readonly (readonly [Maybe<CpuSet>, CoreType])[] = [
    [cpu_core, 'performance'],
    [cpu_atom, 'efficiency'],
    [cpu_lowpower, 'low-power'],
  ];
  const named = units.flatMap(([set, type]) =>
    [...(orNull(set) ?? [])].map((cpu): [number, CoreType] => [cpu, type]),
  );
  if (new Set(named.map(([, type]) => type)).size > 1)
    return { source: 'counter-units', byCpu: new Map(named) };
  const cpus = readings.cpus.filter((reading) => online.has(reading.cpu));
  const capacity = ranked(cpus.map(({ cpu, capacity }) => [cpu, orNull(capacity)]));
  if (capacity !== null) return { source: 'capacity', byCpu: capacity };
  const base = ranked(cpus.map(({ cpu, frequency }) => [cpu, orNull(frequency.baseHz)]));
  return base === null ? ALIKE : { source: 'base-frequency', byCpu: base };
}

/** Null where a value is missing or all are of one type. */
function ranked(values: readonly (readonly [number, number | null])[]): ReadonlyMap<number, CoreType> | null {
  const known = values.flatMap(([cpu, value]) => (value === null || value <= 0 ? [] : [{ cpu, value }]));
  if (known.length < values.length || known.length === 0) return null;
  known.sort((a, b) => b.value - a.value);
  const classes: { cpu: number; value: number }[][] = [];
  for (const one of known) {
    const previous = classes.at(-1)?.at(-1);
    if (previous !== undefined && one.value >= previous.value * SAME_TYPE_RATIO) classes.at(-1)?.push(one);
    else classes.push([one]);
  }
  if (classes.length < 2) return null;
  const typeOf = (rank: number): CoreType =>
    rank === 0 ? 'performance' : rank === classes.length - 1 ? 'efficiency' : 'middle';
  return new Map(classes.flatMap((members, rank) => members.map(({ cpu }) => [cpu, typeOf(rank)] as const)));
}
