/** Every process of user space: one is chosen here. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Card } from '../card.tsx';
import type { ListedProcess } from '../documents.ts';
import { words } from '../language.ts';
import { ask } from '../server.ts';
import { tab, watch } from '../state.ts';

const SHOWN = 200;

export function Processes() {
  const processes = useSignal<readonly ListedProcess[]>([]);
  const filter = useSignal('');
  useEffect(() => {
    void ask<{ readonly processes: readonly ListedProcess[] }>('processes').then((given) => {
      processes.value = given.processes;
    });
  }, []);
  const matching = processes.value.filter(({ tgid, comm }) => `${tgid} ${comm}`.includes(filter.value));
  return (
    <Card
      width={12}
      title={words('Processes', '프로세스')}
      hint={words(`${processes.value.length} of user space`, `사용자 공간 ${processes.value.length}개`)}
      right={
        <input
          type="search"
          aria-label={words('filter processes', '프로세스 거르기')}
          placeholder={words('name or PID', '이름 또는 PID')}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
      }
    >
      <table>
        <tbody>
          {matching.slice(0, SHOWN).map(({ tgid, comm }) => (
            <tr key={tgid}>
              <td class="num">{tgid}</td>
              <th scope="row">{comm}</th>
              <td class="num">
                <button
                  type="button"
                  class="btn small"
                  onClick={() => {
                    watch(String(tgid));
                    tab.value = 'overview';
                  }}
                >
                  {words('Watch', '보기')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {matching.length > SHOWN ? (
        <p class="foot">
          {words(
            `${matching.length - SHOWN} more; filter them`,
            `${matching.length - SHOWN}개 더 있습니다. 걸러 보세요`,
          )}
        </p>
      ) : null}
    </Card>
  );
}
