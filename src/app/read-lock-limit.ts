/** How much memory a process may lock, and whether that binds it. */
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { type Limit, LOCKED_MEMORY, processLimits } from '../kernel/task/limits.ts';
import { processStatus } from '../kernel/task/status.ts';
import { heldCapabilities } from '../model/capabilities.ts';

export interface LockAllowance {
  /** RLIMIT_MEMLOCK. */
  readonly limit: Maybe<Limit>;
  /** CAP_IPC_LOCK: the limit does not bind it; null where its capabilities are not told. */
  readonly isExempt: boolean | null;
}

export function readLockAllowance(host: Host, pid: number): LockAllowance {
  const limits = host.read(processLimits, { pid });
  const status = orNull(host.read(processStatus, { pid }));
  const bits = status?.capabilities ?? null;
  return {
    limit: isMissing(limits) ? limits : (limits.get(LOCKED_MEMORY) ?? missing('absent', LOCKED_MEMORY)),
    isExempt: bits === null ? null : heldCapabilities(bits).has('CAP_IPC_LOCK'),
  };
}
