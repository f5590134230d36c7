/** A recording of page faults, as a document. */
import { GapList } from '../../../base/missing.ts';
import { profileOf, profileTable } from '../../../model/faults/profile.ts';
import { byFunction, type FaultRecording } from '../../../model/faults/recording.ts';
import type { Share } from '../../../model/faults/summary.ts';
import type { FunctionShare } from '../../../model/stacks/stack-totals.ts';
import type { DocumentOutput } from '../../command.ts';
import { programEndJson } from '../../output/program-end.ts';

/** `keel.faults/1`, as docs/commands/faults-record.md says. */
export function faultsJson(recording: FaultRecording): DocumentOutput['json'] {
  const { summary } = recording;
  const { total } = summary;
  const gaps = new GapList();
  return {
    schema: 'keel.faults/1',
    elapsedNs: recording.elapsedNs,
    faults: total.faults,
    minor: total.minor,
    major: total.major,
    lost: recording.lost,
    unpaired: recording.unpaired,
    stallNs: total.stallNs,
    counted: {
      faults: Number(recording.counted.entry),
      minor: Number(recording.counted.minor),
      major: Number(recording.counted.major),
    },
    refaultRatio: summary.refaultRatio,
    byCause: summary.byCause.map((share) => ({ cause: share.cause, ...shareJson(share) })),
    byMapping: summary.byMapping.map((share) => ({
      kind: share.kind,
      path: share.path,
      ...shareJson(share),
    })),
    byFunction: byFunction(recording).map((share) => functionJson(share, recording.callchains)),
    byThread: summary.byThread.map((share) => ({ tgid: share.tgid, tid: share.tid, ...shareJson(share) })),
    byCpu: summary.byCpu.map((share) => ({ cpu: share.cpu, ...shareJson(share) })),
    byNode: gaps.take('byNode', nodesJson(recording)),
    profile: recording.callchains ? profileJson(recording) : null,
    addressMismatches: recording.addressMismatches,
    obtainedBy: recording.obtainedBy,
    overheadPct: overheadPct(recording),
    ownCpuNs: recording.ownCpuNs,
    analysisCpuNs: recording.analysisCpuNs ?? null,
    program: programEndJson(recording.program),
    cut: recording.cut,
    damaged: recording.damaged,
    gaps: gapsOf(recording, gaps),
  };
}

const USER_ONLY = {
  field: 'faults',
  path: 'perf_event_open',
  reason: 'denied',
  hint: 'faults taken in kernel mode are not shown to this user; run as root or grant CAP_PERFMON',
} as const;

function shareJson(share: Share) {
  const { faults, minor, major, stallNs, p50Ns, p99Ns, maxNs } = share;
  return { faults, minor, major, stallNs, p50Ns, p99Ns, maxNs };
}

function functionJson(share: FunctionShare, callchains: boolean) {
  const { faults, stallNs } = share;
  return {
    function: share.function,
    binary: share.binary,
    faults,
    stallNs,
    withCalleesFaults: callchains ? share.withCalleesFaults : null,
    withCalleesStallNs: callchains ? share.withCalleesStallNs : null,
  };
}

/** The stacks, as a flame graph is drawn from them. */
function profileJson(recording: FaultRecording) {
  const { causes, labels, parents, frames, weights } = profileTable(profileOf(recording));
  return {
    causes: [...causes],
    labels: labels.map(([name, binary]) => ({ name, binary })),
    parents: [...parents],
    frames: [...frames],
    weights: weights.map((weight) => [...weight]),
  };
}

/** Pages of which it is not known are in none. */
function nodesJson({ summary, withoutNodes }: FaultRecording) {
  if (withoutNodes !== null) return withoutNodes;
  return summary.byNode.map((share) => ({
    node: share.node,
    ...shareJson(share),
    remoteFaults: share.remoteFaults,
    remoteStallNs: share.remoteStallNs,
  }));
}

function gapsOf({ userOnly, unread }: FaultRecording, gaps: GapList) {
  for (const missing of unread) gaps.take('byFunction', missing);
  return [...(userOnly ? [USER_ONLY] : []), ...gaps.gaps].map((gap) => ({ ...gap }));
}

/** CPU time of keel while it recorded, of one CPU. */
export function overheadPct({ ownCpuNs, elapsedNs }: FaultRecording): number {
  return Math.round((1000 * ownCpuNs) / elapsedNs) / 10;
}
