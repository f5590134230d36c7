/** Who the processes and threads of a trial are, read while they are there: some end before it does. */
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadStat } from '../kernel/task/stat.ts';
import type { Proposal } from '../placement/proposal.ts';
import type { Acquaintance } from '../trial/kept-trial.ts';
import type { FoundTarget } from './find-targets.ts';
import { readIdentity, readKeptProcess } from './program-identity.ts';

export function acquaint(
  host: Host,
  { tgid, startTicks, comm }: FoundTarget,
  proposals: readonly Proposal[],
): Acquaintance {
  const moves = proposals.flatMap((proposal) => proposal.moves);
  const processes = new Map(moves.map((move) => [move.tgid, readKeptProcess(host, move.tgid)]));
  const names = new Map(
    moves.flatMap(({ tgid: pid, threads }) =>
      threads === 'all'
        ? []
        : threads.map((tid) => [tid, orNull(host.read(threadStat, { pid, tid }))?.comm ?? ''] as const),
    ),
  );
  const program = readIdentity(host, { tgid, comm });
  return {
    program,
    target: { tgid, startTicks, comm, unit: program.unit },
    process: (pid) => processes.get(pid) ?? null,
    threadName: (_, tid) => names.get(tid) ?? '',
  };
}
