/** /proc/stat: CPU time by kind, context switches, boot time. */
import { FormatError } from '../../base/errors.ts';
import { ticksToNs } from '../../base/units.ts';
import { type Facts, need } from '../../host/facts.ts';
import { fileReader } from '../../host/reader.ts';
import { bigNumber, numberedLines } from '../lines.ts';

/** Nanoseconds since boot in each state; granularity is the clock tick. */
export interface CpuTimes {
  readonly userNs: bigint;
  readonly niceNs: bigint;
  readonly systemNs: bigint;
  readonly idleNs: bigint;
  readonly iowaitNs: bigint;
  readonly irqNs: bigint;
  readonly softirqNs: bigint;
  /** Taken by the hypervisor for others. */
  readonly stealNs: bigint;
}

export interface MachineStat {
  readonly total: CpuTimes;
  /** Online CPUs only. */
  readonly cpus: ReadonlyMap<number, CpuTimes>;
  readonly contextSwitches: bigint;
  readonly forks: bigint;
  readonly running: number;
  readonly blocked: number;
}

export const machineStat = fileReader({
  path: '/proc/stat',
  doc: 'man 5 proc_stat',
  capture: 'machine',
  parse: parseMachineStat,
});

function parseMachineStat(text: string, facts: Facts): MachineStat {
  const cpus = new Map<number, CpuTimes>();
  const rest = new Map<string, bigint>();
  let total = times([], need(facts, 'ticksPerSec'), 1);
  for (const { line, text: content } of numberedLines(text)) {
    const [key = '', ...fields] = content.trim().split(/\s+/);
    const cpu = /^cpu(\d*)$/.exec(key);
    if (cpu) {
      const value = times(fields, need(facts, 'ticksPerSec'), line);
      if (cpu[1] === '') total = value;
      else cpus.set(Number(cpu[1]), value);
    } else if (/^(ctxt|processes|procs_running|procs_blocked)$/.test(key))
      rest.set(key, bigNumber(fields[0], line));
  }
  const counter = (key: string): bigint => {
    const value = rest.get(key);
    if (value === undefined) throw new FormatError(`a line ${key}`, '');
    return value;
  };
  return {
    total,
    cpus,
    contextSwitches: counter('ctxt'),
    forks: counter('processes'),
    running: Number(counter('procs_running')),
    blocked: Number(counter('procs_blocked')),
  };
}

/** Kernels before 2.6.11 write fewer fields; those they lack never passed. */
function times(fields: readonly string[], ticksPerSec: number, line: number): CpuTimes {
  const at = (i: number) => ticksToNs(bigNumber(fields[i] ?? '0', line), ticksPerSec);
  return {
    userNs: at(0),
    niceNs: at(1),
    systemNs: at(2),
    idleNs: at(3),
    iowaitNs: at(4),
    irqNs: at(5),
    softirqNs: at(6),
    stealNs: at(7),
  };
}
