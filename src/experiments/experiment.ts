/**
 * What an experiment is: a value. It measures with Workers that are pinned to CPUs, and yields a report; it prints
 * nothing and reads no kernel file. What only the machine's files tell comes in through `Bench`.
 */
import type { CpuSet } from '../base/cpu-set.ts';
import type { Maybe, Missing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Topology } from '../model/topology.ts';
import type { Report } from './report.ts';
import type { PinnedWorker } from './workers/pinned-worker.ts';

/** Options of `keel bench` that not every experiment heeds. */
export type BenchOption = 'for' | 'size' | 'pages' | 'repeats' | 'stride';

/** Whether memory is asked for in huge pages. */
export type PageChoice = 'huge' | 'small';

export interface Bench {
  readonly topology: Topology;
  /** Those to measure, all of them online and allowed. */
  readonly cpus: CpuSet;
  /** The user named them. */
  readonly cpusAreChosen: boolean;
  /** Where keel may run: what others need stays free of them where possible. */
  readonly allowed: CpuSet;
  /** About how long it may take in all; null where the user did not say. */
  readonly forNs: number | null;
  readonly sizeBytes: number | null;
  readonly pages: PageChoice;
  /** How often each figure is measured anew; null where the user did not say. */
  readonly repetitions: number | null;
  /** From one access to the next; null where the user did not say. */
  readonly strideBytes: number | null;
  /** What can be had without swapping, cgroup limits heeded. */
  readonly availableBytes: Maybe<number>;
  /** Of the order of runs. */
  readonly seed: number;
  readonly signal: AbortSignal;
  /** CLOCK_MONOTONIC. */
  readonly nowNs: () => number;
  /** A Worker of this experiment; the caller ends it. */
  readonly startWorker: () => PinnedWorker;
  readonly watchNoise: NoiseWatcher;
  /** What a process of ours has locked, and may lock. */
  readonly readLocking: (pid: number) => Locking;
}

/** A process's locked memory at one moment. */
export interface Locking {
  /** VmLck: address space, not memory. */
  readonly lockedBytes: Maybe<number>;
  readonly residentBytes: Maybe<number>;
  readonly limit: Maybe<LockLimit>;
  /** CAP_IPC_LOCK: the limit does not hold. null where its capabilities are not told. */
  readonly mayExceed: boolean | null;
}

/** RLIMIT_MEMLOCK, in bytes. */
export interface LockLimit {
  readonly soft: bigint | 'unlimited';
  readonly hard: bigint | 'unlimited';
}

/** Starts to charge what takes CPUs from threads of ours; in `app`, since only the kernel's files and BPF tell it. */
export type NoiseWatcher = (threads: readonly NoiseThread[]) => NoiseWatch;

/** A thread that wants its CPU for itself. */
export interface NoiseThread {
  readonly cpu: number;
  readonly tid: number;
}

export interface NoiseWatch {
  /** How interrupts and tasks were told apart, and why not better. */
  readonly obtainedBy: 'bpf' | 'proc';
  readonly because: Missing | null;
  /** Ends it; what came until then can be read. */
  readonly stop: () => void;
  /** By CPU; after `stop`. */
  readonly read: () => ReadonlyMap<number, CpuNoise>;
}

/** Who took one CPU, and for how long in all. */
export interface CpuNoise {
  readonly interruptNs: Maybe<number>;
  readonly softirqNs: Maybe<number>;
  /** Other tasks. */
  readonly tasksNs: Maybe<number>;
  /** By the hypervisor, in steps of the clock tick. */
  readonly stealNs: Maybe<number>;
  /** Interrupts that came to this CPU meanwhile, the most frequent first: device or kind, and how many. */
  readonly interrupts: readonly { readonly name: string; readonly count: number }[];
  /** Every piece of time that somebody had; missing without BPF. */
  readonly pieces: Maybe<NoisePieces>;
}

/** Who has a CPU in the place of a thread that wants it. */
export interface NoiseTaker {
  readonly kind: 'interrupt' | 'softirq' | 'task';
  /** Of the device or vector; of the softirq; the comm of a task. */
  readonly name: string;
  /** null but for tasks; 0 is the idle task. */
  readonly tid: number | null;
}

export interface NoisePiece {
  readonly taker: NoiseTaker;
  /** After `NoisePieces.baseNs`. */
  readonly sinceNs: number;
  readonly lastedNs: number;
}

export interface NoisePieces {
  /** CLOCK_MONOTONIC. */
  readonly baseNs: bigint;
  /** In the order of their beginnings; none overlaps another. */
  readonly pieces: readonly NoisePiece[];
  /** Told by the kernel, but not kept: the ring or the list was full. */
  readonly lost: number;
}

export interface Experiment<Job = never, Answer = unknown> {
  /** As typed: `keel bench cache`. */
  readonly name: string;
  readonly takes: readonly BenchOption[];
  /** Without `--cpus`: all allowed ones, one for each last-level cache, node and core type, or the first of these. */
  readonly defaultCpus: 'all' | 'each-kind' | 'one';
  /** Without `--pages`; huge where an experiment does not say. */
  readonly defaultPages?: PageChoice;
  /** About how long it takes, for the bar; the experiment keeps to `forNs` itself. */
  readonly expectedNs: (bench: Bench) => number;
  /** @throws KeelError E_USAGE, E_CONFLICT for what cannot be measured here; E_INTERRUPTED */
  readonly run: (bench: Bench) => Promise<Report>;
  /** What a Worker does for `run`; pinned already. */
  readonly work: (job: Job) => Answer;
}

export interface ExperimentEntry {
  readonly name: string;
  /** For help, which loads none of them. */
  readonly summary: Sentence;
  readonly load: () => Promise<Experiment>;
}
