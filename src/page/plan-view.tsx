/** A plan of keel as people read it: the marks of the terminal, what it is, what it becomes; threads alike on one line. */
import type {
  AppliedDocument,
  PinDocument,
  PlannedThread,
  RestoredValue,
  UndoDocument,
} from './documents.ts';
import { changeText, intervalText, longTimeText } from './format.ts';
import { words } from './language.ts';

export function PinPlan({ plan }: { readonly plan: PinDocument }) {
  const { changingThreads, stayingThreads, endsAfterNs } = plan;
  const after = endsAfterNs === null ? null : longTimeText(endsAfterNs);
  return (
    <>
      <table>
        <tbody>
          {plan.processes.flatMap(({ comm, tgid, threads }) =>
            groupsOf(threads).map(({ key, alike: [first, ...rest], change }) => (
              <tr key={`${tgid} ${key}`}>
                <td>{change.mark}</td>
                <th scope="row">
                  {rest.length === 0
                    ? words(`thread ${first.tid} ${first.comm}`, `스레드 ${first.tid} ${first.comm}`)
                    : words(`${rest.length + 1} threads of ${comm}`, `${comm}의 스레드 ${rest.length + 1}개`)}
                </th>
                <td>
                  {change.setting}{' '}
                  {change.mark === '~' ? `${change.beforeText} → ${change.after}` : change.beforeText}
                  {change.because === null ? null : (
                    <small lang="en">
                      <br />
                      {change.because}
                    </small>
                  )}
                </td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      {plan.cautions.map(({ code, text }) => (
        <p key={code} class="notice" lang="en">
          ! {text}
        </p>
      ))}
      <p class="foot">
        {words(
          `${changingThreads} threads to change, ${stayingThreads} stay. Undo: in the journal${after === null ? '' : `, or itself in ${after}`}.`,
          `스레드 ${changingThreads}개 변경, ${stayingThreads}개 유지. 되돌리기: 저널에서${after === null ? '' : `, 또는 ${after} 뒤 저절로`}.`,
        )}
      </p>
    </>
  );
}

interface Group {
  readonly key: string;
  readonly change: PlannedThread['changes'][number];
  readonly alike: [PlannedThread, ...PlannedThread[]];
}

/** One for each setting and what happens to it. */
function groupsOf(threads: readonly PlannedThread[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const thread of threads) {
    for (const change of thread.changes) {
      const { setting, mark, beforeText, after, because } = change;
      const key = [setting, mark, beforeText, after, because].join('\0');
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { key, change, alike: [thread] });
      else known.alike.push(thread);
    }
  }
  return [...groups.values()];
}

export function ProvenPlan({ plan: { candidates, target, trial } }: { readonly plan: AppliedDocument }) {
  return (
    <table>
      <tbody>
        {candidates.map(({ name, summary, effectPct, intervalPct }) => (
          <tr key={name}>
            <td>~</td>
            <th scope="row">
              {target.comm} {target.tgid}
            </th>
            <td>
              <span lang="en">{summary}</span>
              <br />
              <small>
                {words('proved', '입증')}: {changeText(effectPct)}
                {intervalPct === null ? '' : ` (${intervalText(intervalPct)})`}, {trial}
              </small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Of a very large change, so many rows: the rest is counted. */
const MOST_ROWS = 12;

/** Each value that would be put back, from what it is now to what it was; what goes the same way stands on one row. */
export function UndoPlan({ plan: { changes } }: { readonly plan: UndoDocument }) {
  const rows = changes.flatMap(undoRows);
  return (
    <>
      <table>
        <tbody>
          {rows.slice(0, MOST_ROWS).map(({ who, what }) => (
            <tr key={`${who} ${what}`}>
              <td>~</td>
              <th scope="row">{who}</th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length <= MOST_ROWS ? null : (
        <p class="foot">
          {words(`and ${rows.length - MOST_ROWS} more rows`, `외 ${rows.length - MOST_ROWS}줄`)}
        </p>
      )}
      {rows.length === 0 ? (
        <p class="notice">
          {words(
            'Nothing would be put back: what it changed has gone, or is as before.',
            '되돌릴 값이 없습니다. 바꾼 것이 모두 사라졌거나 원래대로입니다.',
          )}
        </p>
      ) : null}
    </>
  );
}

interface UndoRow {
  readonly who: string;
  readonly what: string;
}

function undoRows({ settings, restored, pagesBack }: UndoDocument['changes'][number]): readonly UndoRow[] {
  const groups = new Map<string, RestoredValue[]>();
  for (const one of restored) {
    const key = [one.tgid, one.setting, one.from, one.to].join('\0');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [
    ...settings.map(({ setting, at, from, to }) => ({ who: at, what: `${setting} ${from} → ${to}` })),
    ...[...groups.values()].flatMap(([first, ...rest]) => {
      if (first === undefined) return [];
      const { tid, tgid, comm, setting, from, to } = first;
      const who =
        rest.length === 0
          ? words(`thread ${tid} ${comm}`, `스레드 ${tid} ${comm}`)
          : words(`${rest.length + 1} threads of ${tgid}`, `${tgid}의 스레드 ${rest.length + 1}개`);
      return [{ who, what: `${setting} ${from} → ${to}` }];
    }),
    ...pagesBack.map(({ tgid, from, to }) => ({
      who: words(`pages of process ${tgid}`, `프로세스 ${tgid}의 페이지`),
      what: words(`node ${from} → ${to}`, `노드 ${from} → ${to}`),
    })),
  ];
}
