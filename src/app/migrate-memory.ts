/** Moves the pages of a process to one NUMA node; a change of the journal, because it can be sent back by node. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { type AppliedChange, applyChange } from './apply-change.ts';
import { checkNodes, memoryNodes } from './check-nodes.ts';
import type { FoundTarget } from './find-targets.ts';
import { readMemoryMap } from './read-memory-map.ts';
import type { Workshop } from './workshop.ts';

/** MPOL_BIND of include/uapi/linux/mempolicy.h: what would have to be there to take memory from these nodes only. */
const BIND = 2;

export type BytesByNode = ReadonlyMap<number, number>;

export interface MigrationPlan {
  /** The id it gets if it is applied next. */
  readonly id: string;
  readonly target: FoundTarget;
  readonly to: number;
  /** Other nodes on which it has pages; empty where there is nothing to move. */
  readonly from: CpuSet;
  readonly before: BytesByNode;
  readonly movingBytes: number;
}

export interface Migrated {
  readonly applied: AppliedChange;
  readonly after: Maybe<BytesByNode>;
  readonly elapsedNs: number;
}

/**
 * Missing where its memory cannot be looked at, or the kernel knows no nodes.
 * @throws KeelError E_USAGE for a node that is not there
 */
export function planMigration(workshop: Workshop, target: FoundTarget, to: number): Maybe<MigrationPlan> {
  const { host, journal } = workshop;
  checkNodes(host, { mode: BIND, flags: 0, nodes: String(to) });
  const before = nodesOf(host, target);
  if (isMissing(before)) return before;
  const others = [...before].filter(([node, bytes]) => node !== to && bytes > 0);
  const from = CpuSet.from(others.map(([node]) => node)).intersect(memoryNodes(host));
  const movingBytes = others.reduce((sum, [, bytes]) => sum + bytes, 0);
  return { id: journal.nextId(), target, to, from, before, movingBytes };
}

function nodesOf(host: Host, target: FoundTarget): Maybe<BytesByNode> {
  const map = readMemoryMap(host, target);
  return isMissing(map) ? map : map.byNode;
}

/** @throws KeelError as `applyChange` */
export async function migrateMemory(
  workshop: Workshop,
  { target, from, to }: MigrationPlan,
  command: string,
): Promise<Migrated> {
  const began = workshop.clock.monotonicNs();
  const { tgid, startTicks } = target;
  const applied = await applyChange(workshop, {
    targets: [],
    wishes: [],
    migrations: [{ tgid, startTicks, from: from.toKernelList(), to: String(to) }],
    command,
    endsAfterNs: null,
  });
  const after = nodesOf(workshop.host, target);
  return { applied, after, elapsedNs: Number(workshop.clock.monotonicNs() - began) };
}
