/** Reads what the checklist asks about, and answers it. */
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import { CHECKLIST } from '../diagnosis/checklist/index.ts';
import type { Checked, ChecklistFacts, ChecklistItem } from '../diagnosis/checklist-item.ts';
import type { Window } from '../diagnosis/finding.ts';
import type { Host } from '../host/host.ts';
import { machineMemory } from '../kernel/proc/meminfo.ts';
import { swapAreas } from '../kernel/proc/swaps.ts';
import { zswapEnabled } from '../kernel/proc/zswap.ts';
import { commandLine } from '../kernel/task/command.ts';
import { processStatus } from '../kernel/task/status.ts';
import { memoryNodes } from './check-nodes.ts';
import { readLockAllowance } from './read-lock-limit.ts';

export interface AnsweredItem extends Checked, Pick<ChecklistItem, 'id' | 'question'> {}

export function runChecklist(host: Host, window: Window): readonly AnsweredItem[] {
  const facts = readFacts(host, window);
  return CHECKLIST.map(({ id, question, check }) => ({ id, question, ...check(facts) }));
}

function readFacts(host: Host, window: Window): ChecklistFacts {
  const [first] = window.target ?? [];
  return {
    window,
    memTotalBytes: mapMaybe(
      host.read(machineMemory),
      ({ totalBytes }): Maybe<number> => totalBytes ?? missing('absent', 'MemTotal'),
    ),
    swaps: host.read(swapAreas),
    zswap: host.read(zswapEnabled),
    nodes: memoryNodes(host).size,
    agent: isAgentRunning(host, window),
    process: readProcess(host, first ?? window.ownTgid),
  };
}

function readProcess(host: Host, pid: number | null): ChecklistFacts['process'] {
  if (pid === null) return missing('not-captured', 'processes');
  const { limit, isExempt } = readLockAllowance(host, pid);
  if (isMissing(limit)) return limit;
  const status = orNull(host.read(processStatus, { pid }));
  return {
    lockSoftBytes: limit.soft,
    isExempt,
    rssBytes: status?.rssBytes ?? null,
    memoryNodes: status?.memoryNodes?.intersect(memoryNodes(host)).size ?? null,
  };
}

/** Command lines are private, so no capture tells. */
function isAgentRunning(host: Host, { interval }: Window): Maybe<boolean> {
  if (host.kind === 'captured') return missing('not-captured', 'command lines');
  // Reading a command line takes a lock of the process, so only what may be one is read.
  const candidates = interval.processes.filter(({ comm }) => /^(node|keel|MainThread)/.test(comm));
  return candidates.some(({ tgid }) => {
    const words = orNull(host.read(commandLine, { pid: tgid })) ?? [];
    const at = words.findIndex((word) => /(^|\/)keel(\.js)?$/.test(word));
    return at >= 0 && words[at + 1] === 'agent';
  });
}
