/**
 * Refuses CPUs and memory nodes that the cpuset of a target forbids. The kernel would take them out in silence, or say
 * EINVAL where nothing is left (sched_setaffinity(2), set_mempolicy(2)); here the reason is known.
 */
import { type MemoryPolicy, memoryPolicyText } from '../actions/settings/memory-policy.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import { openCgroups } from './read-cgroup.ts';

export interface AskedPlace {
  readonly cpus: CpuSet | null;
  /** As the user wrote them. */
  readonly cpusText: string;
  readonly memory: MemoryPolicy | undefined;
}

/** One kind of thing that a cpuset allows. */
interface Limit {
  readonly text: string;
  readonly asked: CpuSet;
  readonly allowed: CpuSet;
  readonly called: Sentence;
  /** The same wish, of these only. */
  readonly within: (inside: CpuSet) => string;
  /** The cgroup's file, and systemd's property for it. */
  readonly file: string;
  readonly property: string;
}

/** @throws KeelError E_CONFLICT naming the cgroup */
export function refuseOutsideCpuset(
  host: Host,
  targets: readonly { readonly tgid: number }[],
  asked: AskedPlace,
): void {
  if (asked.cpus === null && asked.memory === undefined) return;
  const cgroups = openCgroups(host);
  for (const { tgid } of targets) {
    const cgroup = orNull(cgroups.of(tgid));
    const cpuset = cgroup === null ? null : orNull(cgroup.cpuset);
    if (cpuset === null) continue;
    for (const limit of [
      cpuLimit(asked, cpuset.cpus),
      memoryLimit(asked.memory, orNull(cpuset.memoryNodes)),
    ]) {
      if (limit === null || limit.asked.isSubsetOf(limit.allowed)) continue;
      throw outside(tgid, limit, cpuset.cgroup, cgroup?.unit ?? null);
    }
  }
}

function cpuLimit({ cpus, cpusText }: AskedPlace, allowed: CpuSet): Limit | null {
  if (cpus === null) return null;
  return {
    text: cpusText,
    asked: cpus,
    allowed,
    called: { en: 'CPUs', ko: 'CPU' },
    within: (inside) => inside.toString(),
    file: 'cpuset.cpus',
    property: 'AllowedCPUs',
  };
}

function memoryLimit(memory: MemoryPolicy | undefined, allowed: CpuSet | null): Limit | null {
  if (memory === undefined || allowed === null) return null;
  return {
    text: memoryPolicyText(memory),
    asked: CpuSet.parseList(memory.nodes),
    allowed,
    called: { en: 'memory of nodes', ko: '메모리 노드' },
    within: (inside) => `--mem ${memoryPolicyText({ ...memory, nodes: inside.toString() })}`,
    file: 'cpuset.mems',
    property: 'AllowedMemoryNodes',
  };
}

function outside(tgid: number, limit: Limit, cgroup: string, unit: string | null): KeelError {
  const { text, asked, allowed, called, within, file, property } = limit;
  const forbidden = asked.minus(allowed);
  const inside = asked.intersect(allowed);
  const widen =
    unit === null
      ? `${file} (${cgroup})`
      : `systemctl set-property ${unit} ${property}=${asked.union(allowed)}`;
  const narrowed = `keel pin ${tgid} ${within(inside)}`;
  return new KeelError('E_CONFLICT', {
    what: {
      en: `the cgroup ${cgroup} allows process ${tgid} only ${called.en} ${allowed}, not ${forbidden}; nothing was changed`,
      ko: `cgroup ${cgroup}이(가) 프로세스 ${tgid}에 ${called.ko} ${allowed}만 허용하며 ${forbidden}은(는) 허용하지 않습니다. 아무것도 바꾸지 않았습니다`,
    },
    pointer: { text, start: 0, end: text.length },
    next: [
      ...(inside.isEmpty ? [] : [{ en: `Within it: ${narrowed}`, ko: `허용된 범위: ${narrowed}` }]),
      { en: `To widen it: ${widen}`, ko: `허용 범위 넓히기: ${widen}` },
    ],
  });
}
