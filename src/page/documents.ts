/** The documents of keel that the page shows, as far as it shows them; docs/commands has them whole. */
import type { Sentence } from '../base/sentence.ts';
import type { FlameWeight } from '../model/stacks/flame-layout.ts';

export interface SessionDocument {
  readonly target: string | null;
  readonly everyNs: number;
  readonly mayChange: boolean;
}

export interface ListedProcess {
  readonly tgid: number;
  readonly comm: string;
}

export interface TopologyCpu {
  readonly cpu: number;
  readonly online: boolean;
  readonly node: number | null;
  readonly coreCpus: string | null;
  readonly packageCpus: string | null;
  readonly usable: boolean;
  readonly unusableBecause: string | null;
  readonly caches: readonly {
    readonly level: number;
    readonly type: string;
    readonly sizeBytes: number | null;
    readonly cpus: string;
  }[];
}

export interface TopologyDocument {
  readonly model: string | null;
  readonly cpus: readonly TopologyCpu[];
}

export interface LateDocument {
  readonly moments: number;
  readonly lateNs: number;
  readonly overNs: number;
  readonly elapsedNs: number;
  readonly byCause: readonly {
    readonly cause: string;
    readonly moments: number;
    readonly lateNs: number;
    readonly by: readonly {
      readonly tid: number | null;
      readonly comm: string | null;
      readonly lateNs: number;
    }[];
  }[];
  readonly threads: readonly {
    readonly tid: number;
    readonly comm: string;
    readonly runDelayNs: number;
    readonly p50Ns: number | null;
    readonly p99Ns: number | null;
    readonly maxNs: number | null;
  }[];
  readonly tick: {
    readonly tid: number;
    readonly comm: string;
    readonly hz: number;
    readonly latenessP99Ns: number | null;
  } | null;
  readonly momentList: readonly LateMoment[];
  readonly reconciliation: readonly {
    readonly identity: string;
    readonly oursNs: number;
    readonly kernelNs: number | null;
  }[];
  readonly obtainedBy: string;
  readonly lost: number;
  readonly overheadPct: number | null;
}

export interface LateMoment {
  readonly moment: number;
  readonly tid: number;
  /** After the start of the measurement. */
  readonly fromNs: number;
  readonly lengthNs: number;
  readonly lateNs: number;
  readonly parts: readonly {
    readonly atNs: number;
    readonly lengthNs: number;
    readonly cause: string;
    readonly by: { readonly tid: number | null; readonly comm: string | null } | null;
  }[];
}

interface StalledGroup {
  readonly faults: number;
  readonly stallNs: number;
}

export interface FaultsDocument {
  readonly elapsedNs: number;
  readonly faults: number;
  readonly minor: number;
  readonly major: number;
  readonly lost: number;
  readonly unpaired: number;
  readonly stallNs: number;
  readonly byCause: readonly (StalledGroup & {
    readonly cause: string;
    readonly p50Ns: number | null;
    readonly p99Ns: number | null;
    readonly maxNs: number | null;
  })[];
  readonly byMapping: readonly (StalledGroup & { readonly kind: string; readonly path: string })[];
  readonly byFunction: readonly (StalledGroup & {
    readonly function: string | null;
    readonly binary: string | null;
  })[];
  /** null where callers were not recorded. */
  readonly profile: ProfileDocument | null;
  readonly obtainedBy: string;
}

/** A tree of stacks as lists; node 0 is above all. */
export interface ProfileDocument {
  readonly causes: readonly string[];
  readonly labels: readonly { readonly name: string; readonly binary: string }[];
  readonly parents: readonly number[];
  readonly frames: readonly number[];
  readonly weights: readonly FlameWeight[];
}

/** Texts are in both languages. */
export interface ListedTrial {
  readonly trial: string;
  readonly at: string;
  readonly target: { readonly tgid: number; readonly comm: string; readonly unit: string | null };
  readonly signal: Sentence;
  readonly unit: string | null;
  readonly better: 'lower' | 'higher';
  readonly baseline: number | null;
  readonly candidates: readonly ListedCandidate[];
  readonly noise: {
    readonly pressureLowPct: number | null;
    readonly pressureHighPct: number | null;
    readonly stealNs: number | null;
    readonly driftPct: number | null;
    readonly selfIntervalPct: readonly [number, number] | null;
  } | null;
  readonly change: string | null;
}

export interface ListedCandidate {
  readonly name: string;
  readonly summary: Sentence;
  readonly verdict: string;
  readonly effectPct: number | null;
  readonly intervalPct: readonly [number, number] | null;
  readonly rounds: number;
  readonly value: number | null;
  readonly because: Sentence | null;
  readonly isKept: boolean;
}

/** Of every experiment; the rows of each have names of their own. */
export interface BenchDocument {
  readonly schema: string;
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  readonly conditions: {
    readonly cpus: string;
    readonly cpuPressurePct: number | null;
    readonly stealPct: number | null;
  };
  readonly spread: { readonly medianPct: number | null; readonly worstPct: number | null };
  readonly conclusion: string;
  readonly warnings: readonly string[];
}

export interface JournalDocument {
  readonly changes: readonly {
    readonly change: string;
    readonly state: string;
    readonly active: boolean;
    readonly stale: boolean;
    readonly at: string;
    readonly command: string;
    readonly processes: readonly { readonly tgid: number; readonly comm: string; readonly threads: number }[];
  }[];
}

export interface PinDocument {
  readonly outcome: string;
  readonly change: string | null;
  readonly processes: readonly {
    readonly tgid: number;
    readonly comm: string;
    readonly threads: readonly PlannedThread[];
  }[];
  readonly changingThreads: number;
  readonly stayingThreads: number;
  readonly verifiedThreads: number;
  readonly mismatches: readonly { readonly tid: number }[];
  readonly endsAfterNs: number | null;
  readonly cautions: readonly { readonly code: string; readonly text: string }[];
}

export interface PlannedThread {
  readonly tid: number;
  readonly comm: string;
  readonly changes: readonly {
    readonly setting: string;
    readonly mark: string;
    readonly beforeText: string;
    readonly after: string;
    readonly because: string | null;
  }[];
}

/** Of `keel optimize --apply`. */
export interface AppliedDocument {
  readonly outcome: string;
  readonly change: string | null;
  readonly trial: string | null;
  readonly target: { readonly tgid: number; readonly comm: string };
  readonly candidates: readonly {
    readonly name: string;
    readonly summary: string;
    readonly effectPct: number | null;
    readonly intervalPct: readonly [number, number] | null;
  }[];
}

export interface UndoDocument {
  readonly changes: readonly {
    readonly change: string;
    readonly outcome: string;
    readonly restored: readonly RestoredValue[];
    readonly leftToOthers: readonly unknown[];
    readonly goneThreads: number;
    /** Of the machine. */
    readonly settings: readonly {
      readonly setting: string;
      readonly at: string;
      readonly from: string;
      readonly to: string;
    }[];
    readonly pagesBack: readonly { readonly tgid: number; readonly from: string; readonly to: string }[];
  }[];
}

export interface RestoredValue {
  readonly tgid: number;
  readonly tid: number;
  readonly comm: string;
  readonly setting: string;
  readonly from: string;
  readonly to: string;
}

export interface RecommendDocument {
  readonly tgid: number;
  readonly comm: string;
  readonly verdict: string;
  readonly because: readonly {
    readonly rule: string;
    readonly summary: string;
    readonly sharePct: number | null;
  }[];
  readonly choice: ProposalDocument | null;
  readonly others: readonly ProposalDocument[];
  readonly tried: {
    readonly helps: readonly {
      readonly name: string;
      readonly trial: string;
      readonly effectPct: number | null;
      readonly intervalPct: readonly [number, number] | null;
    }[];
    readonly inForce: string | null;
  };
}

export interface ProposalDocument {
  readonly strategy: string;
  readonly name: string;
  readonly summary: string;
  readonly why: string;
  readonly expectedGain: string;
  readonly risk: string;
  readonly moves: readonly {
    readonly tgid: number;
    readonly threads: 'all' | readonly number[];
    readonly cpus: string | null;
    readonly away?: string;
    readonly scheduling: {
      readonly policy: string | null;
      readonly nice: number | null;
      readonly sliceNs: number | null;
    } | null;
    readonly memory: unknown;
  }[];
  readonly groups: readonly unknown[];
}

/** Of the agent of this machine. Texts are English. */
export type AlertsDocument =
  | {
      readonly state: 'running';
      readonly address: string;
      readonly host: string;
      readonly incidents: readonly IncidentDocument[];
    }
  | { readonly state: 'absent' | 'foreign'; readonly address: string };

export interface IncidentDocument {
  readonly id: string;
  readonly rule: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: 'firing' | 'resolved';
  readonly process: { readonly tgid: number; readonly comm: string; readonly unit: string | null } | null;
  readonly value: number;
  readonly peak: number;
  readonly limit: number;
  readonly unit: string;
  readonly source: string;
  readonly summary: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly endedBecause: string | null;
  readonly findings: readonly {
    readonly rule: string;
    readonly summary: string;
    /** The innermost function first. */
    readonly stack: readonly string[];
  }[];
  /** What stood in the way of a closer look. */
  readonly notExplained: string | null;
  readonly remedies: readonly {
    readonly text: string;
    readonly command: string | null;
    readonly undo: string | null;
  }[];
}

export interface DoctorDocument {
  readonly abilities: readonly {
    readonly ability: string;
    readonly state: string;
    readonly text?: string;
  }[];
}
