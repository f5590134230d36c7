/** Asks before anything is changed: shows the plan that keel made, takes the token, and says how it ended. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Sentence } from '../base/sentence.ts';
import type { AppliedDocument, PinDocument, UndoDocument } from './documents.ts';
import { say, words } from './language.ts';
import { sentenceOf } from './measuring.ts';
import { PinPlan, ProvenPlan, UndoPlan } from './plan-view.tsx';
import { type ChangeName, change } from './server.ts';
import { tab } from './state.ts';

export interface WantedChange {
  readonly name: ChangeName;
  readonly parameters: Readonly<Record<string, string>>;
  readonly done: () => void | Promise<void>;
}

/** Where the dialog stands: asked for, planned, made, or refused. */
type Step =
  | { readonly kind: 'asked' | 'working' }
  | { readonly kind: 'planned'; readonly plan: unknown }
  | { readonly kind: 'made'; readonly outcome: Sentence }
  | { readonly kind: 'refused'; readonly why: Sentence; readonly plan: unknown };

const wanted = signal<WantedChange | null>(null);
const step = signal<Step>({ kind: 'asked' });
/** In the memory of this page only. */
const token = signal('');

export function confirmChange(asked: WantedChange): void {
  wanted.value = asked;
  step.value = { kind: 'asked' };
  // One that was right before is right again: the plan is shown at once.
  if (token.value !== '') void send(false);
}

function planSoFar(): unknown {
  return 'plan' in step.value ? step.value.plan : null;
}

async function send(confirmed: boolean): Promise<void> {
  const asked = wanted.value;
  if (asked === null) return;
  const plan = planSoFar();
  step.value = { kind: 'working' };
  try {
    const { name, parameters } = asked;
    const document = await change<unknown>({ name, parameters, confirmed, token: token.value });
    step.value = confirmed
      ? { kind: 'made', outcome: outcomeOf(name, document) }
      : { kind: 'planned', plan: document };
    if (confirmed) await asked.done();
  } catch (error) {
    step.value = { kind: 'refused', why: sentenceOf(error), plan };
  }
}

function outcomeOf(name: ChangeName, document: unknown): Sentence {
  if (name === 'undo') return undoneSentence(document as UndoDocument);
  const { outcome, change: made } = document as PinDocument | AppliedDocument;
  const mismatches = name === 'pin' ? (document as PinDocument).mismatches.length : 0;
  if (made === null) {
    return { en: 'Nothing had to change.', ko: '바꿀 것이 없었습니다.' };
  }
  if (outcome === 'mismatch' || mismatches > 0) {
    return {
      en: `${made} applied, but ${mismatches} threads were found otherwise than planned.`,
      ko: `${made} 적용, 그러나 스레드 ${mismatches}개가 계획과 다릅니다.`,
    };
  }
  return {
    en: `${made} applied, read back as planned.`,
    ko: `${made} 적용, 계획대로 바뀐 것을 확인했습니다.`,
  };
}

function undoneSentence({ changes }: UndoDocument): Sentence {
  const left = changes.reduce((sum, { leftToOthers }) => sum + leftToOthers.length, 0);
  if (left === 0)
    return { en: 'Undone, read back as before.', ko: '되돌렸고, 원래대로인 것을 확인했습니다.' };
  return {
    en: `Undone, except ${left} that somebody else changed since: they are left as they are.`,
    ko: `되돌렸습니다. 다른 누군가가 바꾼 ${left}개는 그대로 두었습니다.`,
  };
}

export function ConfirmDialog() {
  const box = useRef<HTMLDialogElement>(null);
  const asked = wanted.value;
  useEffect(() => {
    if (asked === null) box.current?.close();
    else if (box.current?.open === false) box.current.showModal();
  }, [asked]);
  const close = () => {
    wanted.value = null;
  };
  return (
    <dialog ref={box} onClose={close} aria-labelledby="change-title">
      <h2 id="change-title">{asked === null ? '' : TITLES[asked.name](asked.parameters)}</h2>
      {asked === null ? null : <Body asked={asked} close={close} />}
    </dialog>
  );
}

const TITLES: Readonly<Record<ChangeName, (given: WantedChange['parameters']) => string>> = {
  pin: ({ target }) => words(`Place threads of ${target}`, `${target}의 스레드 배치`),
  apply: ({ candidate }) => words(`Apply ${candidate}`, `${candidate} 적용`),
  undo: ({ change: made }) => words(`Undo ${made}`, `${made} 되돌리기`),
};

function Body({ asked, close }: { readonly asked: WantedChange; readonly close: () => void }) {
  const now = step.value;
  const plan = planSoFar();
  const submit = (event: Event) => {
    event.preventDefault();
    void send(plan !== null);
  };
  return (
    <form onSubmit={submit}>
      {now.kind === 'made' ? null : (
        <label>
          {words('Token for changes, as keel serve printed it', 'keel serve가 출력한 변경용 토큰')}{' '}
          <input
            type="password"
            autocomplete="off"
            value={token.value}
            onInput={(event) => (token.value = event.currentTarget.value)}
          />
        </label>
      )}
      {plan === null ? null : <Plan asked={asked} plan={plan} />}
      {now.kind === 'made' || now.kind === 'refused' ? (
        <p class={now.kind === 'made' ? 'notice' : 'notice bad'} role="status">
          {say(now.kind === 'made' ? now.outcome : now.why)}
        </p>
      ) : null}
      <div class="act">
        {now.kind === 'made' && tab.value !== 'journal' ? (
          <button
            type="button"
            class="btn"
            onClick={() => {
              tab.value = 'journal';
              close();
            }}
          >
            {words('Open the journal', '저널 열기')}
          </button>
        ) : null}
        <button type="button" class="btn" onClick={close}>
          {words('Close', '닫기')}
        </button>
        {now.kind === 'made' ? null : (
          <button
            type="submit"
            class="btn primary"
            disabled={now.kind === 'working' || changesNothing(asked, plan)}
          >
            {plan === null ? words('Show the plan', '계획 보기') : words('Apply', '적용')}
          </button>
        )}
      </div>
    </form>
  );
}

function changesNothing({ name }: WantedChange, plan: unknown): boolean {
  return name === 'pin' && plan !== null && (plan as PinDocument).outcome === 'nothing-to-do';
}

function Plan({ asked, plan }: { readonly asked: WantedChange; readonly plan: unknown }) {
  switch (asked.name) {
    case 'pin':
      return <PinPlan plan={plan as PinDocument} />;
    case 'apply':
      return <ProvenPlan plan={plan as AppliedDocument} />;
    case 'undo':
      return <UndoPlan plan={plan as UndoDocument} />;
  }
}
