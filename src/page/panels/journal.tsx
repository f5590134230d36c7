/** The journal: every change keel made, and the way back. */
import './journal.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Sentence } from '../../base/sentence.ts';
import { Card } from '../card.tsx';
import { confirmChange } from '../confirm.tsx';
import type { JournalDocument } from '../documents.ts';
import { say, words } from '../language.ts';
import { sentenceOf } from '../measuring.ts';
import { ask } from '../server.ts';
import { session } from '../state.ts';
import { ReadOnly } from './place.tsx';

const STATES: Readonly<Record<string, Sentence>> = {
  planned: { en: 'planned', ko: '계획됨' },
  applied: { en: 'active', ko: '적용 중' },
  undoing: { en: 'being undone', ko: '되돌리는 중' },
  undone: { en: 'undone', ko: '되돌림' },
  refused: { en: 'refused', ko: '거부됨' },
  done: { en: 'done', ko: '완료' },
  forgotten: { en: 'forgotten', ko: '잊음' },
};

/** One that this page does not know yet is shown as it is called. */
function stateText(state: string): string {
  const known = STATES[state];
  return known === undefined ? state : say(known);
}

export function Journal() {
  const journal = useSignal<JournalDocument | null>(null);
  const failure = useSignal<Sentence | null>(null);
  const load = async () => {
    try {
      journal.value = await ask<JournalDocument>('read/journal');
    } catch (error) {
      failure.value = sentenceOf(error);
    }
  };
  useEffect(() => void load(), []);
  const changes = [...(journal.value?.changes ?? [])].reverse();
  return (
    <Card
      width={12}
      title={words('Journal', '저널')}
      hint={words(
        'every change, read back; undo restores exactly what was there',
        '모든 변경과 확인 결과. 되돌리면 원래대로 정확히 복원됩니다',
      )}
    >
      {failure.value === null ? null : <p class="notice bad">{say(failure.value)}</p>}
      {session.value?.mayChange === false ? <ReadOnly /> : null}
      {journal.value !== null && changes.length === 0 ? (
        <p class="hint">{words('keel has changed nothing here.', 'keel이 바꾼 것이 없습니다.')}</p>
      ) : null}
      <table>
        <tbody>
          {changes.map((change) => (
            <tr key={change.change}>
              <th scope="row" class="whole">
                {change.change}
              </th>
              <td>{new Date(change.at).toLocaleString()}</td>
              <td>
                <code>{change.command}</code>
              </td>
              <td class="whole">
                {stateText(change.state)}
                {change.stale ? ` · ${words('cut off', '중단됨')}` : ''}
              </td>
              <td class="num">
                {change.active && session.value?.mayChange ? (
                  <button
                    type="button"
                    class="btn small"
                    onClick={() =>
                      confirmChange({ name: 'undo', parameters: { change: change.change }, done: load })
                    }
                  >
                    {words('Undo…', '되돌리기…')}
                  </button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
