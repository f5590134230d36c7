/**
 * Charges each gap of a busy thread to who had the CPU meanwhile. The parts of a gap and what nobody explains sum to
 * its length exactly.
 */
import type { NoisePiece, NoisePieces, NoiseTaker } from '../experiment.ts';
import type { Gaps } from '../kernels/gaps.ts';

/** What one had of the gaps of one CPU. */
export interface NoiseCause {
  readonly kind: NoiseTaker['kind'];
  readonly name: string;
  /** Of tasks of this name, ascending; empty for interrupts and softirqs. */
  readonly tids: readonly number[];
  readonly takenNs: number;
  /** In how many gaps. */
  readonly gaps: number;
  /** The most that it had of one gap. */
  readonly longestNs: number;
}

export interface GapPart {
  readonly taker: NoiseTaker;
  readonly takenNs: number;
}

export interface ChargedGap {
  /** From the first look on. */
  readonly sinceNs: number;
  readonly lastedNs: number;
  /** The largest first. */
  readonly parts: readonly GapPart[];
  readonly unexplainedNs: number;
}

export interface ChargedGaps {
  /** The largest first. */
  readonly causes: readonly NoiseCause[];
  /** Of all gaps that were told one by one. */
  readonly toldNs: number;
  readonly unexplainedNs: number;
  /** The longest first, at most as many as asked for. */
  readonly longest: readonly ChargedGap[];
}

/** @param longest so many of the longest gaps are told one by one */
export function chargeGaps(gaps: Gaps, told: NoisePieces, longest: number): ChargedGaps {
  const fromBase = Number(gaps.beganNs - told.baseNs);
  const causes = new Map<string, Sum>();
  let kept: ChargedGap[] = [];
  let [toldNs, unexplainedNs, next] = [0, 0, 0];
  for (let at = 0; at < gaps.told.length; at += 2) {
    const [sinceNs = 0, lastedNs = 0] = gaps.told.subarray(at, at + 2);
    while (endOf(told.pieces[next]) <= fromBase + sinceNs) next += 1;
    const gap = chargeGap(sinceNs, lastedNs, piecesFrom(told.pieces, next, fromBase));
    for (const part of gap.parts) addPart(causes, part);
    toldNs += lastedNs;
    unexplainedNs += gap.unexplainedNs;
    kept.push(gap);
    if (kept.length > MOST_KEPT) kept = byLength(kept).slice(0, longest);
  }
  const sums = [...causes.values()].map(({ tids, ...one }) => ({
    ...one,
    tids: [...tids].sort((a, b) => a - b),
  }));
  return {
    causes: sums.sort((a, b) => b.takenNs - a.takenNs),
    toldNs,
    unexplainedNs,
    longest: byLength(kept).slice(0, longest),
  };
}

/** Before the list of candidates is cut to the longest. */
const MOST_KEPT = 4096;

function byLength(gaps: readonly ChargedGap[]): ChargedGap[] {
  return [...gaps].sort((a, b) => b.lastedNs - a.lastedNs);
}

function endOf(piece: NoisePiece | undefined): number {
  return piece === undefined ? Number.POSITIVE_INFINITY : piece.sinceNs + piece.lastedNs;
}

/** With times from the first look on. */
function* piecesFrom(pieces: readonly NoisePiece[], first: number, fromBase: number): Generator<NoisePiece> {
  for (let i = first; i < pieces.length; i += 1) {
    const { taker, sinceNs, lastedNs } = pieces[i] as NoisePiece;
    yield { taker, sinceNs: sinceNs - fromBase, lastedNs };
  }
}

function chargeGap(sinceNs: number, lastedNs: number, pieces: Iterable<NoisePiece>): ChargedGap {
  const byTaker = new Map<NoiseTaker, number>();
  const endNs = sinceNs + lastedNs;
  let unexplainedNs = lastedNs;
  for (const piece of pieces) {
    if (piece.sinceNs >= endNs) break;
    const takenNs = Math.min(endNs, endOf(piece)) - Math.max(sinceNs, piece.sinceNs);
    byTaker.set(piece.taker, (byTaker.get(piece.taker) ?? 0) + takenNs);
    unexplainedNs -= takenNs;
  }
  const parts = [...byTaker].map(([taker, takenNs]) => ({ taker, takenNs }));
  return { sinceNs, lastedNs, parts: parts.sort((a, b) => b.takenNs - a.takenNs), unexplainedNs };
}

type Sum = {
  readonly kind: NoiseTaker['kind'];
  readonly name: string;
  readonly tids: Set<number>;
  takenNs: number;
  gaps: number;
  longestNs: number;
};

/** Tasks of one name are one cause: workers of the kernel and short-lived children would fill the list. */
function addPart(causes: Map<string, Sum>, { taker: { kind, name, tid }, takenNs }: GapPart): void {
  const key = `${kind} ${name}`;
  const sum = causes.get(key) ?? { kind, name, tids: new Set(), takenNs: 0, gaps: 0, longestNs: 0 };
  if (tid !== null) sum.tids.add(tid);
  sum.takenNs += takenNs;
  sum.gaps += 1;
  sum.longestNs = Math.max(sum.longestNs, takenNs);
  causes.set(key, sum);
}
