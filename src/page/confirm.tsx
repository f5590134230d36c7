/** Asks before anything is changed: shows the plan that keel made, takes the token, and says how it ended. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Sentence } from '../base/sentence.ts';
import { say, words } from './language.ts';
import { sentenceOf } from './measuring.ts';
import { change } from './server.ts';

export interface WantedChange {
  readonly name: 'pin' | 'undo';
  readonly parameters: Readonly<Record<string, string>>;
  readonly done: () => void | Promise<void>;
}

const wanted = signal<WantedChange | null>(null);
const plan = signal<string | null>(null);
const outcome = signal<Sentence | null>(null);
/** In the memory of this page only. */
const token = signal('');

export function confirmChange(asked: WantedChange): void {
  wanted.value = asked;
  plan.value = null;
  outcome.value = null;
}

async function send(confirmed: boolean): Promise<void> {
  const asked = wanted.value;
  if (asked === null) return;
  const { name, parameters, done } = asked;
  try {
    const document = await change<unknown>({ name, parameters, confirmed, token: token.value });
    if (confirmed) {
      outcome.value = { en: 'Done, read back as planned.', ko: '완료했고, 계획대로 바뀐 것을 확인했습니다.' };
      await done();
    } else plan.value = JSON.stringify(document, null, 2);
  } catch (error) {
    outcome.value = sentenceOf(error);
  }
}

export function ConfirmDialog() {
  const box = useRef<HTMLDialogElement>(null);
  const asked = wanted.value;
  useEffect(() => {
    if (asked === null) box.current?.close();
    else box.current?.showModal();
  }, [asked]);
  const hasPlan = asked?.name === 'pin';
  const close = () => {
    wanted.value = null;
  };
  return (
    <dialog ref={box} onClose={close} aria-label={words('Change', '변경')}>
      <h2>{asked === null ? '' : `keel ${asked.name} ${Object.values(asked.parameters).join(' ')}`}</h2>
      <label>
        {words('Token for changes, as keel serve printed it', 'keel serve가 출력한 변경용 토큰')}{' '}
        <input
          type="password"
          autocomplete="off"
          value={token.value}
          onInput={(event) => (token.value = event.currentTarget.value)}
        />
      </label>
      {plan.value === null ? null : <pre>{plan.value}</pre>}
      {outcome.value === null ? null : (
        <p class="notice" role="status">
          {say(outcome.value)}
        </p>
      )}
      <div class="act">
        <button type="button" class="btn" onClick={close}>
          {words('Close', '닫기')}
        </button>
        {hasPlan && plan.value === null ? (
          <button type="button" class="btn primary" onClick={() => void send(false)}>
            {words('Show the plan', '계획 보기')}
          </button>
        ) : (
          <button type="button" class="btn primary" onClick={() => void send(true)}>
            {words('Apply', '적용')}
          </button>
        )}
      </div>
    </dialog>
  );
}
