/** A plan of keel as people read it: the marks of the terminal, what it is, what it becomes; threads alike on one line. */
import type { AppliedDocument, JournalDocument, PinDocument, PlannedThread } from './documents.ts';
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

/** Its journal entry is the plan of an undo: what stands there is put back. */
export function UndoPlan({ plan, change }: { readonly plan: JournalDocument; readonly change: string }) {
  const entry = plan.changes.find((one) => one.change === change);
  if (entry === undefined) return null;
  return (
    <>
      <table>
        <tbody>
          {entry.processes.map(({ tgid, comm, threads }) => (
            <tr key={tgid}>
              <td>~</td>
              <th scope="row">
                {comm} {tgid}
              </th>
              <td>
                {words(
                  `${threads} threads back to what they were before ${change}`,
                  `스레드 ${threads}개를 ${change} 이전 상태로`,
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="foot">
        {words(
          'What somebody else changed since is left as it is, and said.',
          '그 사이 다른 누군가가 바꾼 것은 그대로 두고 알립니다.',
        )}
      </p>
    </>
  );
}
