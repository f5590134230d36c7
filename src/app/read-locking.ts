/** Reads what one process has locked, and what it may lock. */
import { mapMaybe, missing, present } from '../base/missing.ts';
import type { Locking } from '../experiments/experiment.ts';
import type { Host } from '../host/host.ts';
import { LOCKED_MEMORY, processLimits } from '../kernel/task/limits.ts';
import { processStatus } from '../kernel/task/status.ts';
import { heldCapabilities } from '../model/capabilities.ts';

export function readLocking(host: Host, pid: number): Locking {
  const status = host.read(processStatus, { pid });
  const held = mapMaybe(status, ({ capabilities }) =>
    capabilities === null ? missing('absent', 'CapEff') : heldCapabilities(capabilities),
  );
  return {
    lockedBytes: mapMaybe(status, ({ lockedBytes }) => lockedBytes ?? missing('absent', 'VmLck')),
    residentBytes: mapMaybe(status, ({ rssBytes }) => rssBytes ?? missing('absent', 'VmRSS')),
    limit: mapMaybe(
      host.read(processLimits, { pid }),
      (all) => all.get(LOCKED_MEMORY) ?? missing('absent', LOCKED_MEMORY),
    ),
    mayExceed: present(held) ? held.has('CAP_IPC_LOCK') : null,
  };
}
