/** A recording of page faults, the same whether it was just made or read from a file. */
import type { Missing } from '../../base/missing.ts';
import type { CodeBuild } from '../stacks/frames.ts';
import type { FrameName } from '../stacks/names.ts';
import type { StackTable } from '../stacks/stack-table.ts';
import { type FunctionShare, functionShares, type StackWeight } from '../stacks/stack-totals.ts';
import type { FaultSummary } from './summary.ts';

/** What was measured besides the faults themselves. */
export interface FaultMeasurement {
  readonly elapsedNs: number;
  /** What the kernel counted: begins, minor, major. Begins equal samples and losses together. */
  readonly counted: { readonly entry: bigint; readonly minor: bigint; readonly major: bigint };
  /** Records that found no room in the ring. */
  readonly lost: number;
  /** Begins and completions that found no partner. */
  readonly unpaired: number;
  /** Pairs of different addresses: never seen on a whole stream, so a sign of loss. */
  readonly addressMismatches: number;
  /** Faults taken in kernel mode could not be seen. */
  readonly userOnly: boolean;
  /** The callers were recorded too, not only the instruction that faulted. */
  readonly callchains: boolean;
  /** By BPF, whether a thread slept and the error code are known of each fault. */
  readonly obtainedBy: 'bpf' | 'ring';
  /** Why no fault tells the memory node of its page; null where they do. */
  readonly withoutNodes: Missing | null;
  /** CPU time of keel while it recorded. */
  readonly ownCpuNs: number;
  /** CPU time of keel for the analysis afterwards; absent where it was analysed while it was recorded. */
  readonly analysisCpuNs?: number;
  /** How the program ended that was launched to be recorded; null where none was, or it did not end. */
  readonly program: ProgramEnd | null;
}

export interface ProgramEnd {
  readonly words: readonly string[];
  /** null where a signal ended it. */
  readonly exitStatus: number | null;
  readonly signal: string | null;
}

export interface FaultRecording extends FaultMeasurement {
  readonly summary: FaultSummary;
  readonly stacks: StackTable;
  readonly weights: readonly StackWeight[];
  /** By the number of the frame. */
  readonly names: readonly FrameName[];
  /** Files whose functions could not be named, and why. */
  readonly unread: readonly Missing[];
  /** Of the files whose functions were named. */
  readonly builds: readonly CodeBuild[];
  /** The file ends before its end was written: what is above is what was complete. */
  readonly cut: boolean;
  /** The file holds something else than was written: what is behind it could not be read. */
  readonly damaged: boolean;
}

export function byFunction({ weights, stacks, names }: FaultRecording): FunctionShare[] {
  return functionShares(weights, stacks, names);
}
