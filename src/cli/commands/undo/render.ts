/** `keel undo` as a document and as lines. */
import type { Change } from '../../../actions/change.ts';
import type { MachineStep } from '../../../actions/machine/setting.ts';
import type { Restored } from '../../../actions/undo.ts';
import type { ChangeList, ListedChange, Undone } from '../../../app/undo-changes.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatDuration } from '../../output/format.ts';
import { cells, cutMiddle, type Look, padEnd, safeName } from '../../output/look.ts';
import { stepRows } from '../../output/machine-steps.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';

export function undoneOutput(all: readonly Undone[]): DocumentOutput {
  return {
    kind: 'document',
    json: {
      schema: 'keel.undo/1',
      changes: all.map((undone) => ({
        change: undone.change.id,
        outcome: undone.outcome,
        restored: (undone.result?.restored ?? []).map(({ label: _, ...one }) => one),
        leftToOthers:
          undone.result === null || undone.result.overwrote
            ? []
            : undone.result.conflicts.map((one) => ({ ...one })),
        goneThreads: undone.result?.goneThreads ?? 0,
        goneProcesses: undone.result?.goneProcesses ?? 0,
        settings: (undone.result?.machine.restored ?? []).map(({ setting, at, before, set }) => ({
          setting,
          at,
          from: set,
          to: before,
        })),
        settingsLeftToOthers:
          undone.result === null || undone.result.overwrote
            ? []
            : undone.result.machine.conflicts.map(({ step: { setting, at, before, set }, found }) => ({
                setting,
                at,
                before,
                set,
                found,
              })),
        pagesBack: (undone.result?.pagesBack ?? []).map(({ tgid, from, to }) => ({
          tgid,
          from: to,
          to: from,
        })),
      })),
      gaps: [],
    },
    lines: (look) =>
      all.length === 0
        ? [
            look.say({
              en: 'Nothing to undo: no change is active.',
              ko: '되돌릴 것이 없습니다. 적용 중인 변경이 없습니다.',
            }),
          ]
        : all.flatMap((undone) => undoneLines(undone, look)),
  };
}

const SHOWN = 12;

function undoneLines({ change, outcome, result }: Undone, look: Look): string[] {
  if (result === null) return [look.say(settled(change, outcome))];
  const rows = groupRestored(result.restored, change.coversAll);
  const whoWidth = Math.max(0, ...rows.map((row) => cells(who(row, look))));
  const check =
    outcome === 'planned' ? '' : `   ${look.say({ en: 'read back: as before', ko: '확인: 원래대로' })}`;
  const lines = rows
    .slice(0, SHOWN)
    .map((row) => `  ~ ${padEnd(who(row, look), whoWidth)}   ${row[0]?.from} -> ${row[0]?.to}${check}`);
  const more =
    rows.length > SHOWN
      ? [
          `    ${look.say({ en: `${rows.length - SHOWN} more: --json`, ko: `그 밖에 ${rows.length - SHOWN}개: --json` })}`,
        ]
      : [];
  const pages = result.pagesBack.map(({ tgid, from, to }) =>
    look.say({
      en: `  ~ pages of process ${tgid}   node ${to} -> ${from}, by node, not page by page`,
      ko: `  ~ 프로세스 ${tgid}의 페이지   노드 ${to} -> ${from}, 페이지별이 아니라 노드별`,
    }),
  );
  return [
    ...settingLines(result.machine.restored, look),
    ...lines,
    ...more,
    ...pages,
    ...(result.overwrote ? [] : conflictLines(result.conflicts, look)),
    ...(result.overwrote ? [] : settingConflictLines(result.machine.conflicts, look)),
    look.say(outcome === 'planned' ? plannedVerdict(change, result) : verdict(change, result)),
  ];
}

/** Of the machine as a whole. */
function settingLines(restored: readonly MachineStep[], look: Look): readonly string[] {
  const rows = stepRows(restored, 'back', look);
  const width = Math.max(0, ...rows.map((row) => cells(look.say(row.who))));
  return rows.map((row) => `  ${row.mark} ${padEnd(look.say(row.who), width)}   ${row.what}`.trimEnd());
}

function settingConflictLines(
  conflicts: NonNullable<Undone['result']>['machine']['conflicts'],
  look: Look,
): readonly string[] {
  return conflicts.slice(0, SHOWN).flatMap(({ step, found }) =>
    stepRows([{ ...step, set: found }], 'back', look).map((row) =>
      look.say({
        en: `  ! ${row.who.en}   ${row.what}: somebody else's, left as it is`,
        ko: `  ! ${row.who.ko}   ${row.what}: 다른 누군가가 바꾸어 그대로 둠`,
      }),
    ),
  );
}

/** Of `--dry-run`. */
function plannedVerdict(change: Change, result: NonNullable<Undone['result']>): Sentence {
  const { restored, machine, pagesBack, conflicts, overwrote } = result;
  if (restored.length + machine.restored.length + pagesBack.length === 0) {
    return {
      en: `Nothing would be put back: everything ${change.id} changed has gone, or is as before.`,
      ko: `되돌릴 값이 없습니다. ${change.id}이(가) 바꾼 것은 모두 사라졌거나 원래대로입니다.`,
    };
  }
  const leftAlone = overwrote ? 0 : conflicts.length + machine.conflicts.length;
  const but =
    leftAlone === 0
      ? { en: '', ko: '' }
      : {
          en: ` ${plural(leftAlone, 'value')} that others have changed since would stay.`,
          ko: ` 그 사이 다른 누군가가 바꾼 ${leftAlone}개는 그대로 둡니다.`,
        };
  const force = overwrote ? ' --force' : '';
  return {
    en: `Nothing was changed.${but.en} To put this back: keel undo ${change.id}${force}`,
    ko: `아무것도 바꾸지 않았습니다.${but.ko} 이대로 되돌리려면: keel undo ${change.id}${force}`,
  };
}

function settled(change: Change, outcome: Undone['outcome']): Sentence {
  if (change.state === 'refused') {
    return {
      en: `${change.id} was refused when it was made, and nothing of it stayed; nothing to do.`,
      ko: `${change.id}은(는) 적용할 때 거부되어 남은 것이 없습니다. 할 일이 없습니다.`,
    };
  }
  if (change.state === 'done') {
    return {
      en: `${change.id} has nothing to undo: ${change.note}. What came in goes when the kernel needs the room.`,
      ko: `${change.id}에는 되돌릴 것이 없습니다. 가져온 메모리는 커널이 자리를 필요로 할 때 나갑니다.`,
    };
  }
  if (outcome === 'planned') {
    return {
      en: `${change.id} was made before the last restart; nothing of it is left.`,
      ko: `${change.id}은(는) 재시작 전의 변경이라 남은 것이 없습니다.`,
    };
  }
  return outcome === 'forgotten'
    ? {
        en: `${change.id} was made before the last restart; nothing of it is left. Forgotten.`,
        ko: `${change.id}은(는) 재시작 전의 변경이라 남은 것이 없습니다. 목록에서 지웠습니다.`,
      }
    : { en: `${change.id} was undone before; nothing to do.`, ko: `${change.id}은(는) 이미 되돌렸습니다.` };
}

function conflictLines(conflicts: NonNullable<Undone['result']>['conflicts'], look: Look): string[] {
  return conflicts.slice(0, SHOWN).map((one) =>
    look.say({
      en: `  ! thread ${one.tid} ${safeName(one.comm)}   ${one.found}: somebody else's, it had ${one.before}`,
      ko: `  ! 스레드 ${one.tid} ${safeName(one.comm)}   ${one.found}: 다른 누군가가 바꿈, 원래 ${one.before}`,
    }),
  );
}

function verdict(change: Change, result: NonNullable<Undone['result']>): Sentence {
  // Of everyone, somebody always ends.
  const gone =
    result.goneProcesses > 0 && !change.coversAll
      ? {
          en: ` ${plural(result.goneProcesses, 'process', 'processes')} ended meanwhile.`,
          ko: ` 그 사이 프로세스 ${result.goneProcesses}개가 끝났습니다.`,
        }
      : result.goneThreads > 0 && !change.coversAll
        ? {
            en: ` ${plural(result.goneThreads, 'thread')} ended meanwhile.`,
            ko: ` 그 사이 스레드 ${result.goneThreads}개가 끝났습니다.`,
          }
        : { en: '', ko: '' };
  const leftAlone = result.conflicts.length + result.machine.conflicts.length;
  if (leftAlone > 0 && !result.overwrote) {
    return {
      en: `Undone, but for ${plural(leftAlone, 'value')} that others have changed since.${gone.en}`,
      ko: `그 사이 다른 누군가가 바꾼 ${leftAlone}개를 빼고 되돌렸습니다.${gone.ko}`,
    };
  }
  if (result.pagesBack.length > 0) {
    return {
      en: `Undone. Threads are exactly as before; pages as far as the kernel moved them.${gone.en}`,
      ko: `되돌렸습니다. 스레드는 정확히 원래대로이고, 페이지는 커널이 옮길 수 있는 만큼입니다.${gone.ko}`,
    };
  }
  return {
    en: `Undone, exactly. Nothing of ${change.id} is left.${gone.en}`,
    ko: `정확히 되돌렸습니다. ${change.id}의 흔적은 없습니다.${gone.ko}`,
  };
}

/** Values that went the same way stand on one line; of a change of everyone, those of all processes. */
function groupRestored(restored: readonly Restored[], coversAll: boolean): readonly (readonly Restored[])[] {
  const groups = new Map<string, Restored[]>();
  for (const one of restored) {
    const key = JSON.stringify([coversAll ? 0 : one.tgid, one.setting, one.from, one.to, one.inherited]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function who(group: readonly Restored[], look: Look): string {
  const [first] = group;
  if (first === undefined) return '';
  const born = first.inherited ? { en: ', born since', ko: ', 그 뒤에 생김' } : { en: '', ko: '' };
  const name =
    group.length === 1
      ? {
          en: `thread ${first.tid} ${safeName(first.comm)}`,
          ko: `스레드 ${first.tid} ${safeName(first.comm)}`,
        }
      : { en: plural(group.length, 'thread'), ko: `스레드 ${group.length}개` };
  return `${look.say(name)}${look.say(born)}   ${look.say(first.label)}`;
}

/** `keel undo --list`. */
export function listOutput(list: ChangeList, bootNowNs: bigint): DocumentOutput {
  return {
    kind: 'document',
    json: {
      schema: 'keel.undo.list/1',
      changes: list.changes.map(({ change, isActive, isStale, isOver }) => ({
        change: change.id,
        state: change.state,
        active: isActive,
        stale: isStale,
        over: isOver,
        at: change.at,
        command: change.command,
        note: change.note,
        processes: change.processes.map(({ tgid, comm, threads }) => ({
          tgid,
          comm,
          threads: threads.length,
        })),
        settings: change.steps.length,
        endsAfterNs: isActive && change.dueBootNs !== null ? Number(change.dueBootNs - bootNowNs) : null,
      })),
      broken: list.broken.map((one) => ({ ...one })),
      gaps: [],
    },
    lines: (look) => listLines(list, bootNowNs, look),
  };
}

function listLines(list: ChangeList, bootNowNs: bigint, look: Look): string[] {
  const recent = list.changes.slice(-MOST_LISTED).reverse();
  const columns = [
    { title: look.say({ en: 'change', ko: '변경' }) },
    { title: look.say({ en: 'state', ko: '상태' }) },
    { title: look.say({ en: 'made', ko: '시각' }) },
    { title: look.say({ en: 'threads', ko: '스레드' }), align: 'right' as const },
    { title: look.say({ en: 'what', ko: '내용' }) },
  ];
  const rows = recent.map((one) => [
    one.change.id,
    look.say(stateText(one, bootNowNs, look)),
    one.change.at.slice(0, 16).replace('T', ' '),
    String(one.change.processes.reduce((sum, process) => sum + process.threads.length, 0)),
    cutMiddle(safeName(one.change.command), Math.max(16, look.width - 52), look.unicode),
  ]);
  const stale = list.changes.some((one) => one.isStale);
  return [
    ...(rows.length === 0
      ? [look.say({ en: 'No change was made yet.', ko: '아직 변경한 것이 없습니다.' })]
      : tableLines(columns, rows)),
    ...list.broken.map((one) =>
      look.say({
        en: `! ${safeName(one.path)} is not a change that keel wrote; nothing in it is acted on`,
        ko: `! ${safeName(one.path)}은(는) keel이 쓴 기록이 아니므로 실행하지 않습니다`,
      }),
    ),
    ...list.changes
      .filter((one) => one.isOver)
      .flatMap(({ change: { id } }) =>
        wrap(
          look.say({
            en: `${id}: the process that kept the files has ended, so they may be put out again`,
            ko: `${id}: 파일을 유지하던 프로세스가 끝나서 파일이 다시 빠져나갈 수 있습니다`,
          }),
          look.width,
        ),
      ),
    ...(stale ? [`${look.say({ en: 'Next', ko: '다음' })}: keel undo --stale`] : []),
  ];
}

const MOST_LISTED = 18;

function stateText(listed: ListedChange, bootNowNs: bigint, look: Look): Sentence {
  const { change, isActive, isStale, isOver } = listed;
  if (isOver) return { en: 'over', ko: '끝남' };
  if (isStale) return { en: 'stale', ko: '방치됨' };
  if (change.state === 'undone') return { en: 'undone', ko: '되돌림' };
  if (change.state === 'refused') return { en: 'refused', ko: '거부됨' };
  if (change.state === 'done') return { en: 'done', ko: '완료' };
  if (!isActive) return { en: 'forgotten', ko: '잊음' };
  if (change.dueBootNs === null) return { en: 'active', ko: '적용 중' };
  const left = formatDuration(Math.max(0, Number(change.dueBootNs - bootNowNs)), look.unicode);
  return { en: `active, ${left} left`, ko: `적용 중, ${left} 남음` };
}
