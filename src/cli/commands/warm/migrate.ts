/** `keel warm --migrate`: the pages of a process on one NUMA node; the plan, and what came of it. */
import type { FoundTarget } from '../../../app/find-targets.ts';
import {
  type BytesByNode,
  type Migrated,
  type MigrationPlan,
  migrateMemory,
  planMigration,
} from '../../../app/migrate-memory.ts';
import { openWorkshop } from '../../../app/workshop.ts';
import { GapList, isMissing, orNull } from '../../../base/missing.ts';
import type { Host } from '../../../host/host.ts';
import type { Context, DocumentOutput } from '../../command.ts';
import { unreadableMemory } from '../../memory-errors.ts';
import { formatBytes, formatDuration } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { planTitle } from '../../output/plan-lines.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';

export async function migrate(
  host: Host,
  context: Context,
  target: FoundTarget,
  node: number,
  isDry: boolean,
): Promise<DocumentOutput> {
  const workshop = openWorkshop(host, context);
  const plan = planMigration(workshop, target, node);
  if (isMissing(plan)) throw unreadableMemory(target, plan, 'warm');
  if (isDry || plan.from.isEmpty) return migrationOutput(plan, null, false);
  const lines = planLines(plan, false, context.look);
  if (!(await context.confirm(lines, { en: 'Apply?', ko: '적용할까요?' }))) {
    return migrationOutput(plan, null, true);
  }
  const migrated = await migrateMemory(workshop, plan, `warm ${target.tgid} --migrate ${node}`);
  return migrationOutput(plan, migrated, false);
}

function migrationOutput(plan: MigrationPlan, migrated: Migrated | null, declined: boolean): DocumentOutput {
  return {
    kind: 'document',
    json: json(plan, migrated),
    lines: (look) => {
      if (declined) return [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })];
      return migrated === null ? planLines(plan, true, look) : migratedLines(plan, migrated, look);
    },
    ...(declined ? { exitCode: 1 } : {}),
  };
}

function json(plan: MigrationPlan, migrated: Migrated | null) {
  const gaps = new GapList();
  const change = migrated?.applied.change?.id ?? null;
  const plain = (bytes: BytesByNode) =>
    Object.fromEntries([...bytes].map(([node, value]) => [String(node), value]));
  const after = migrated === null ? null : gaps.take('after', migrated.after);
  return {
    schema: 'keel.warm.migrate/1',
    tgid: plan.target.tgid,
    comm: plan.target.comm,
    from: plan.from.toString(),
    to: plan.to,
    before: plain(plan.before),
    after: after === null ? null : plain(after),
    movingBytes: plan.movingBytes,
    elapsedNs: migrated?.elapsedNs ?? null,
    change,
    undo: change === null ? null : `keel undo ${change}`,
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

function planLines(plan: MigrationPlan, isDry: boolean, look: Look): string[] {
  const name = `${safeName(plan.target.comm)} ${plan.target.tgid}`;
  if (plan.from.isEmpty) {
    return wrap(
      look.say({
        en: `Nothing to move: all memory of ${name} is on node ${plan.to}.`,
        ko: `옮길 것이 없습니다. ${name}의 메모리는 모두 노드 ${plan.to}에 있습니다.`,
      }),
      look.width,
    );
  }
  return [
    planTitle(plan.id, isDry, look),
    ...nodeTable(plan.before, null, look),
    ...wrap(
      look.say({
        en: `Plan: ${formatBytes(plan.movingBytes)} of ${name}, node ${plan.from} -> ${plan.to}; what it takes later comes from where its policy says (keel pin --mem).  undo: keel undo ${plan.id}, by node`,
        ko: `계획: ${name}의 ${formatBytes(plan.movingBytes)}, 노드 ${plan.from} -> ${plan.to}. 나중에 쓰는 메모리는 정책을 따릅니다(keel pin --mem).  되돌리기: keel undo ${plan.id}, 노드 단위`,
      }),
      look.width,
    ),
  ];
}

function migratedLines(plan: MigrationPlan, { applied, after, elapsedNs }: Migrated, look: Look): string[] {
  const now = orNull(after);
  const onNode = now?.get(plan.to) ?? 0;
  const moved = Math.max(0, onNode - (plan.before.get(plan.to) ?? 0));
  const id = applied.change?.id ?? plan.id;
  const time = formatDuration(elapsedNs, look.unicode);
  const left = plan.movingBytes - moved;
  const rest =
    left > 0
      ? {
          en: ` ${formatBytes(left)} stayed: shared with others, or pinned.`,
          ko: ` ${formatBytes(left)}는 다른 프로세스와 공유하거나 고정되어 그대로입니다.`,
        }
      : { en: '', ko: '' };
  return [
    ...nodeTable(plan.before, now, look),
    ...wrap(
      look.say({
        en: `${id} applied: ${formatBytes(moved)} moved to node ${plan.to} in ${time}.${rest.en} undo: keel undo ${id}`,
        ko: `${id} 적용: ${time} 동안 ${formatBytes(moved)}를 노드 ${plan.to}(으)로 옮겼습니다.${rest.ko} 되돌리기: keel undo ${id}`,
      }),
      look.width,
    ),
  ];
}

function nodeTable(before: BytesByNode, after: BytesByNode | null, look: Look): string[] {
  const right = (en: string, ko: string) => ({ title: look.say({ en, ko }), align: 'right' as const });
  const nodes = [...new Set([...before.keys(), ...(after?.keys() ?? [])])].sort((a, b) => a - b);
  const columns = [
    { title: `  ${look.say({ en: 'node', ko: '노드' })}` },
    right('resident', '상주'),
    ...(after === null ? [] : [right('after', '이후')]),
  ];
  const rows = nodes.map((node) => [
    `  ${node}`,
    formatBytes(before.get(node) ?? 0),
    ...(after === null ? [] : [formatBytes(after.get(node) ?? 0)]),
  ]);
  return tableLines(columns, rows);
}
