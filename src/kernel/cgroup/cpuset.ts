/** The CPUs and memory nodes that a cgroup allows: the cpuset controller of both versions. */
import { fileReader } from '../../host/reader.ts';
import { cpulist } from '../lines.ts';

const v2 = 'Documentation/admin-guide/cgroup-v2.rst';
const v1 = 'Documentation/admin-guide/cgroup-v1/cpusets.rst';

/** v2: what the group really has, after its ancestors and offline CPUs. */
export const cpusetCpus = fileReader({
  path: '{folder}/cpuset.cpus.effective',
  doc: v2,
  capture: 'task',
  parse: cpulist,
});

export const cpusetNodes = fileReader({
  path: '{folder}/cpuset.mems.effective',
  doc: v2,
  capture: 'task',
  parse: cpulist,
});

/** v2: "member", "root", "isolated" (no load balancing inside), or with "invalid" and a reason behind. */
export const cpusetPartition = fileReader({
  path: '{folder}/cpuset.cpus.partition',
  doc: v2,
  capture: 'task',
  parse: (text) => text.trim(),
});

/** v1, since Linux 3.17. */
export const legacyCpusetCpus = fileReader({
  path: '{folder}/cpuset.effective_cpus',
  doc: v1,
  capture: 'task',
  parse: cpulist,
});

export const legacyCpusetNodes = fileReader({
  path: '{folder}/cpuset.effective_mems',
  doc: v1,
  capture: 'task',
  parse: cpulist,
});

/** Both versions: what the group asks for itself; empty where it takes all that its parent has (v2). */
export const cpusetAskedCpus = fileReader({
  path: '{folder}/cpuset.cpus',
  doc: v2,
  capture: 'task',
  parse: cpulist,
});

/** As `cpusetAskedCpus`, of memory nodes. */
export const cpusetAskedNodes = fileReader({
  path: '{folder}/cpuset.mems',
  doc: v2,
  capture: 'task',
  parse: cpulist,
});
