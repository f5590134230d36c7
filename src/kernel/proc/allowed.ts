/** /proc/self/status: where the process that looks may run. Its own affinity, already cut to its cpuset. */
import type { CpuSet } from '../../base/cpu-set.ts';
import { fileReader } from '../../host/reader.ts';
import { colonPairs, cpulist } from '../lines.ts';

export interface Allowed {
  /** May name CPUs that are only possible, and offline ones. */
  readonly cpus: CpuSet | null;
  readonly nodes: CpuSet | null;
}

export const ownAllowed = fileReader({
  path: '/proc/self/status',
  doc: 'man 5 proc_pid_status',
  capture: 'machine',
  // The rest of the file is about keel itself.
  scrub: (text) =>
    text
      .split('\n')
      .filter((line) => /^(Cpus|Mems)_allowed_list:/.test(line))
      .map((line) => `${line}\n`)
      .join(''),
  parse(text): Allowed {
    const pairs = colonPairs(text);
    const list = (key: string) => {
      const entry = pairs.get(key);
      return entry === undefined ? null : cpulist(entry.value);
    };
    return { cpus: list('Cpus_allowed_list'), nodes: list('Mems_allowed_list') };
  },
});
