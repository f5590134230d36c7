/** The JSON documents of keel, as far as the lab looks at them: what other tools rely on too. */

export interface TopoCache {
  readonly level: number;
  readonly type: 'Data' | 'Instruction' | 'Unified';
  readonly sizeBytes: number;
  readonly lineBytes: number;
  readonly cpus: string;
}

export interface TopoCpu {
  readonly cpu: number;
  readonly online: boolean;
  readonly node: number | null;
  readonly coreCpus: string | null;
  readonly dieCpus: string | null;
  readonly packageCpus: string | null;
  readonly usable: boolean;
  readonly unusableBecause: string | null;
  readonly caches: readonly TopoCache[];
}

interface TopoNode {
  readonly node: number;
  readonly cpus: string;
  readonly memTotalBytes: number;
  readonly memFreeBytes: number;
  readonly distances: Readonly<Record<string, number>>;
}

/** `keel topo --json`, as far as the lab looks at it. */
export interface Topo {
  readonly schema: string;
  readonly possible: string;
  readonly present: string;
  readonly online: string;
  readonly offline: string;
  readonly isolated: string;
  readonly cpus: readonly TopoCpu[];
  readonly nodes: readonly TopoNode[];
  readonly gaps: readonly { readonly field: string; readonly reason: string }[];
}

export interface CheckThread {
  readonly tid: number;
  readonly affinity: string;
  readonly allowed: string;
}

/** `keel check <target> --json`. */
export interface Check {
  readonly schema: string;
  readonly processes: readonly [
    {
      readonly tgid: number;
      readonly cgroup: string;
      readonly cgroupCpus: string | null;
      readonly cpuQuota: number | null;
      readonly quotas:
        | readonly {
            readonly quotaNs: number;
            readonly periodNs: number;
            readonly throttledPeriods: number;
          }[]
        | null;
      readonly threads: readonly CheckThread[];
      readonly memory: { readonly byNode: Readonly<Record<string, number>> | null };
    },
  ];
}

/** What goes to stderr instead of a document. */
export interface KeelErrorDocument {
  readonly schema: string;
  readonly code: string;
  readonly what: string;
}
