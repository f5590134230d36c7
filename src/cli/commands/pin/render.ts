/** `keel pin` as a document and as lines: the plan, and what came of it. */
import type { MigrationRecord } from '../../../actions/change.ts';
import type { PlannedProcess, PlannedThread, PlannedValue } from '../../../actions/plan.ts';
import type { AppliedChange } from '../../../app/apply-change.ts';
import type { PlacementPlan } from '../../../app/plan-placement.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import type { DocumentOutput, Json } from '../../command.ts';
import { formatDuration } from '../../output/format.ts';
import { cells, type Look, padEnd, safeName } from '../../output/look.ts';
import { stepRows } from '../../output/machine-steps.ts';
import { markedLines, planTitle } from '../../output/plan-lines.ts';

/** With `--dry-run`, or where nothing has to change. */
export function planOutput(plan: PlacementPlan, endsAfterNs: number | null): DocumentOutput {
  return {
    kind: 'document',
    json: pinJson(plan, {
      outcome: plan.changesSomething ? 'planned' : 'nothing-to-do',
      endsAfterNs,
      applied: null,
    }),
    lines: (look) => planLines(plan, endsAfterNs, true, look),
  };
}

export function declinedOutput(plan: PlacementPlan, endsAfterNs: number | null): DocumentOutput {
  return {
    kind: 'document',
    json: pinJson(plan, { outcome: 'declined', endsAfterNs, applied: null }),
    lines: (look) => [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })],
    exitCode: 1,
  };
}

export function appliedOutput(
  plan: PlacementPlan,
  applied: AppliedChange,
  endsAfterNs: number | null,
): DocumentOutput {
  const failed = applied.mismatches.length > 0;
  return {
    kind: 'document',
    json: pinJson(plan, { outcome: failed ? 'mismatch' : 'applied', endsAfterNs, applied }),
    lines: (look) => appliedLines(plan, applied, look),
    ...(failed ? { exitCode: 1 } : {}),
  };
}

function appliedLines(plan: PlacementPlan, applied: AppliedChange, look: Look): string[] {
  const { change, changedThreads, verifiedThreads, mismatches } = applied;
  if (change === null) {
    return [look.say({ en: 'Nothing had to change any more.', ko: '더 바꿀 것이 없었습니다.' })];
  }
  const right = verifiedThreads - mismatches.length;
  const born = changedThreads - plan.changing;
  const bornText =
    born > 0 ? { en: ` (${born} born meanwhile)`, ko: ` (그동안 생긴 ${born}개 포함)` } : { en: '', ko: '' };
  const target = plan.targets.length === 1 ? String(plan.targets[0]?.tgid) : '';
  return [
    look.say({
      en: `${change.id} applied, read back: ${right} of ${verifiedThreads} as planned${bornText.en}. Next: keel why ${target}`.trimEnd(),
      ko: `${change.id} 적용, 확인: ${verifiedThreads}개 중 ${right}개가 계획대로${bornText.ko}. 다음: keel why ${target}`.trimEnd(),
    }),
    ...mismatches
      .slice(0, MOST_GROUPS)
      .map(
        (one) =>
          `  ! ${look.say({ en: 'thread', ko: '스레드' })} ${one.tid} ${safeName(one.comm)}   ${one.wanted} ≠ ${one.found}`,
      ),
  ];
}

/** As in screens.md: marks, a tally, and the undo before the question. */
export function planLines(
  plan: PlacementPlan,
  endsAfterNs: number | null,
  isDry: boolean,
  look: Look,
): string[] {
  return [
    planTitle(plan.id, isDry, look),
    ...plan.processes.flatMap((process) => processLines(process, plan.processes.length > 1, look)),
    ...stepRows(plan.steps, 'forth', look).map((row) => `  ${row.mark} ${look.say(row.who)}   ${row.what}`),
    ...plan.migrations.map((one) => migrationLine(one, look)),
    ...plan.cautions.flatMap((caution) => markedLines('!', safeName(look.say(caution.text)), look)),
    look.say(tallySentence(plan, endsAfterNs, look)),
  ];
}

function migrationLine({ tgid, from, to }: MigrationRecord, look: Look): string {
  return look.say({
    en: `  ~ pages of process ${tgid}   node ${from} -> ${to}`,
    ko: `  ~ 프로세스 ${tgid}의 페이지   노드 ${from} -> ${to}`,
  });
}

function tallySentence(plan: PlacementPlan, endsAfterNs: number | null, look: Look): Sentence {
  const { changing, staying } = plan;
  if (!plan.changesSomething) {
    return {
      en: `Nothing to change: ${plural(staying, 'thread')} ${staying === 1 ? 'stays as it is' : 'stay as they are'}.`,
      ko: `바꿀 것이 없습니다. 스레드 ${staying}개가 그대로입니다.`,
    };
  }
  const own = endsAfterNs === null ? null : formatDuration(endsAfterNs, look.unicode);
  return {
    en: `Plan: ${plural(changing, 'thread')} to change, ${staying} ${staying === 1 ? 'stays' : 'stay'}.  undo: keel undo ${plan.id}${own === null ? '' : `, or itself in ${own}`}`,
    ko: `계획: 스레드 ${changing}개 변경, ${staying}개 유지.  되돌리기: keel undo ${plan.id}${own === null ? '' : `, 또는 ${own} 뒤 저절로`}`,
  };
}

/** Groups beyond this are counted. */
const MOST_GROUPS = 12;

interface Row {
  readonly mark: string;
  readonly who: string;
  readonly what: string;
  readonly because: string;
}

function processLines(process: PlannedProcess, several: boolean, look: Look): string[] {
  const groups = groupThreads(process.threads);
  const rows = groups.slice(0, MOST_GROUPS).flatMap((group) => groupRows(group, process, look));
  const whoWidth = Math.max(0, ...rows.map((row) => cells(row.who)));
  const whatWidth = Math.max(0, ...rows.map((row) => cells(row.what)));
  const head = several ? [`  ${safeName(process.comm)} ${process.tgid}`] : [];
  const lines = rows.map((row) =>
    `  ${row.mark} ${padEnd(row.who, whoWidth)}   ${padEnd(row.what, whatWidth)}   ${row.because}`.trimEnd(),
  );
  const more = groups.length - MOST_GROUPS;
  return more > 0
    ? [
        ...head,
        ...lines,
        `    ${look.say({ en: `${more} more groups of threads: --json`, ko: `그 밖의 스레드 묶음 ${more}개: --json` })}`,
      ]
    : [...head, ...lines];
}

/** Threads with the same plan stand on one line. */
function groupThreads(threads: readonly PlannedThread[]): readonly (readonly PlannedThread[])[] {
  const groups = new Map<string, PlannedThread[]>();
  for (const thread of threads) {
    const key = JSON.stringify(
      thread.values.map((value) => [value.mark, value.beforeText, value.afterText, value.because?.en]),
    );
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thread]);
    else group.push(thread);
  }
  return [...groups.values()];
}

function groupRows(group: readonly PlannedThread[], process: PlannedProcess, look: Look): Row[] {
  const [first] = group;
  if (first === undefined) return [];
  const total = process.threads.length + process.othersCount;
  const who =
    group.length === 1
      ? look.say({
          en: `thread ${first.tid} ${safeName(first.comm)}`,
          ko: `스레드 ${first.tid} ${safeName(first.comm)}`,
        })
      : look.say({
          en: `${group.length} threads of ${safeName(process.comm)}`,
          ko: `${safeName(process.comm)}의 스레드 ${group.length}개`,
        });
  return first.values.map((value, i) => ({
    mark: value.mark,
    who: i === 0 ? who : '',
    what: valueText(value, look),
    because:
      value.because !== null
        ? look.say(value.because)
        : i === 0
          ? look.say({
              en: `${group.length} of ${plural(total, 'thread')}`,
              ko: `스레드 ${total}개 중 ${group.length}개`,
            })
          : '',
  }));
}

function valueText(value: PlannedValue, look: Look): string {
  const label = look.say(value.label);
  if (value.mark === '=' && value.beforeText !== null) return `${label} ${value.beforeText}`;
  const before = value.beforeText ?? '?';
  return `${label} ${before} -> ${value.afterText}`;
}

interface Outcome {
  /** `planned`, `nothing-to-do`, `declined`, `applied`, `mismatch`. */
  readonly outcome: string;
  readonly endsAfterNs: number | null;
  readonly applied: AppliedChange | null;
}

function pinJson(plan: PlacementPlan, { outcome, endsAfterNs, applied }: Outcome) {
  const change = applied?.change?.id ?? null;
  return {
    schema: 'keel.pin/1',
    outcome,
    change,
    cpus: plan.cpus === null ? null : plan.cpus.toString(),
    processes: plan.processes.map((process) => ({
      tgid: process.tgid,
      comm: process.comm,
      threads: process.threads.map((thread) => ({
        tid: thread.tid,
        comm: thread.comm,
        changes: thread.values.map((value) => ({
          setting: value.setting,
          mark: value.mark,
          before: value.before as Json,
          beforeText: value.beforeText,
          after: value.afterText,
          because: value.because?.en ?? null,
        })),
      })),
      otherThreads: process.othersCount,
    })),
    settings: plan.steps.map(({ setting, at, before, set }) => ({ setting, at, before, set })),
    migrations: plan.migrations.map(({ tgid, from, to }) => ({ tgid, from, to })),
    changingThreads: plan.changing,
    stayingThreads: plan.staying,
    changedThreads: applied?.changedThreads ?? 0,
    verifiedThreads: applied?.verifiedThreads ?? 0,
    mismatches: (applied?.mismatches ?? []).map((one) => ({ ...one })),
    endsAfterNs,
    cautions: plan.cautions.map((caution) => ({ code: caution.code, text: caution.text.en })),
    undo: change === null ? null : `keel undo ${change}`,
    gaps: [],
  };
}
