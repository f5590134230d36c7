/** Placing the threads of the target: CPUs from the map, by hand or from advice; the plan first, then the change. */
import './place.css';
import { Card } from '../card.tsx';
import { confirmChange } from '../confirm.tsx';
import type { ProposalDocument, RecommendDocument } from '../documents.ts';
import { changeText, intervalText } from '../format.ts';
import { words } from '../language.ts';
import { measurement } from '../measuring.ts';
import {
  type Placing,
  pinLine,
  pinParameters,
  placing,
  placingOf,
  selectedCpus,
  toggleCpu,
} from '../placing.ts';
import { lastTarget, session, target } from '../state.ts';
import { MachineMap } from './machine-map.tsx';
import { Measure } from './measure.tsx';

const advice = measurement<RecommendDocument>('recommend');

export function Place() {
  if (target.value === null) {
    return <p class="notice w12">{words('Choose a process first.', '먼저 프로세스를 선택하세요.')}</p>;
  }
  return (
    <>
      <MachineMap
        title={words('Choose CPUs', 'CPU 선택')}
        choice={{ selected: selectedCpus(placing.value.cpus), toggle: toggleCpu }}
      />
      <Form />
      <Measure
        title={words('Advice', '조언')}
        hint={words(
          'measures, then asks every strategy what it would do here',
          '측정한 뒤 전략마다 여기서 무엇을 할지 묻습니다',
        )}
        measurement={advice}
      >
        {(document) => <Advice document={document} />}
      </Measure>
    </>
  );
}

/** As exact as it can be said: by the id of the process that is shown. */
function targetText(): string {
  const shown = lastTarget.value;
  return shown === null ? (target.value ?? '') : String(shown.tgid);
}

function Form() {
  const form = placing.value;
  const shown = lastTarget.value;
  const mayChange = session.value?.mayChange === true;
  const isEmpty = form.cpus.trim() === '' && form.policy === '' && form.nice.trim() === '';
  const submit = (event: Event) => {
    event.preventDefault();
    confirmChange({ name: 'pin', parameters: pinParameters(targetText(), form), done: () => {} });
  };
  return (
    <Card
      width={12}
      title={words('Place threads', '스레드 배치')}
      hint={shown === null ? '' : `${shown.comm} ${shown.tgid}`}
    >
      <form class="place" onSubmit={submit}>
        <Field name="cpus" label="CPU" placeholder={words('0-3, core:1, llc:0', '0-3, core:1, llc:0')} />
        <Field
          name="threads"
          label={words('Threads', '스레드')}
          placeholder={words('all; names or ids, with commas', '전체. 이름이나 ID, 쉼표로 구분')}
          suggestions={[...new Set((shown?.threads ?? []).map(({ comm }) => comm))]}
        />
        <label>
          {words('Policy', '정책')}
          <select value={form.policy} onChange={(event) => set({ policy: event.currentTarget.value })}>
            <option value="">{words('as it is', '그대로')}</option>
            {['other', 'batch', 'idle'].map((policy) => (
              <option key={policy} value={policy}>
                {policy}
              </option>
            ))}
          </select>
        </label>
        <Field name="nice" label="nice" placeholder="-20 … 19" />
        <Field
          name="minutes"
          label={words('Undo by itself after (min)', '저절로 되돌리기 (분)')}
          placeholder={words('never', '안 함')}
        />
        <button type="submit" class="btn primary" disabled={!mayChange || isEmpty}>
          {words('Preview…', '미리 보기…')}
        </button>
      </form>
      <p class="foot">
        {words('The same on the command line: ', '명령으로는: ')}
        <code>{pinLine(targetText(), form)}</code>
      </p>
      {mayChange ? null : <ReadOnly />}
    </Card>
  );
}

export function ReadOnly() {
  return (
    <p class="notice">
      {words(
        'This dashboard only shows. To place and undo from here, start it with ',
        '이 대시보드는 보기 전용입니다. 여기서 배치하고 되돌리려면 다음과 같이 시작하세요: ',
      )}
      <code>keel serve {target.value ?? ''} --allow-changes</code>
    </p>
  );
}

function set(changes: Partial<Placing>): void {
  placing.value = { ...placing.value, ...changes };
}

interface FieldProps {
  readonly name: keyof Placing;
  readonly label: string;
  readonly placeholder: string;
  readonly suggestions?: readonly string[];
}

function Field({ name, label, placeholder, suggestions }: FieldProps) {
  return (
    <label>
      {label}
      <input
        name={name}
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder={placeholder}
        value={placing.value[name]}
        list={suggestions === undefined ? undefined : `known-${name}`}
        onInput={(event) => set({ [name]: event.currentTarget.value })}
      />
      {suggestions === undefined ? null : (
        <datalist id={`known-${name}`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </label>
  );
}

function Advice({ document }: { readonly document: RecommendDocument }) {
  const { choice, others, tried } = document;
  const proposals = [...(choice === null ? [] : [choice]), ...others];
  return (
    <>
      <p lang="en">
        <b>{document.verdict}</b>
      </p>
      <ul class="because" lang="en">
        {document.because.map(({ rule, summary, sharePct }) => (
          <li key={rule}>
            {summary} {sharePct === null ? '' : `${sharePct.toFixed(1)} %`}
          </li>
        ))}
      </ul>
      <table class="place-advice">
        <tbody>
          {tried.helps.map(({ name, trial, effectPct, intervalPct }) => (
            <tr key={`${trial} ${name}`}>
              <th scope="row">
                {name}
                <small>
                  {words('proved', '입증됨')}: {changeText(effectPct)}
                  {intervalPct === null ? '' : ` (${intervalText(intervalPct)})`}, {trial}
                </small>
              </th>
              <td class="num">
                {tried.inForce === null ? (
                  <ApplyButton tgid={document.tgid} candidate={name} />
                ) : (
                  words(`in force: ${tried.inForce}`, `적용 중: ${tried.inForce}`)
                )}
              </td>
            </tr>
          ))}
          {proposals.map((proposal) => (
            <Proposal key={proposal.name} proposal={proposal} tgid={document.tgid} />
          ))}
        </tbody>
      </table>
      {proposals.length === 0 && tried.helps.length === 0 ? (
        <p class="hint">{words('No strategy applies here.', '여기에 해당하는 전략이 없습니다.')}</p>
      ) : null}
    </>
  );
}

interface ApplyProps {
  readonly tgid: number;
  readonly candidate: string;
}

/** What a trial has proven is made at once, with plan and token. */
export function ApplyButton({ tgid, candidate }: ApplyProps) {
  if (session.value?.mayChange !== true) return <code>keel optimize {tgid} --apply …</code>;
  return (
    <button
      type="button"
      class="btn small"
      onClick={() =>
        confirmChange({ name: 'apply', parameters: { target: String(tgid), candidate }, done: () => {} })
      }
    >
      {words('Apply…', '적용…')}
    </button>
  );
}

function Proposal({ proposal, tgid }: { readonly proposal: ProposalDocument; readonly tgid: number }) {
  const form = placingOf(proposal, tgid);
  return (
    <tr>
      <th scope="row" lang="en">
        {proposal.name}
        <small>{proposal.summary}</small>
        <small>{proposal.why}</small>
        <small>{proposal.expectedGain}</small>
        <small>! {proposal.risk}</small>
      </th>
      <td class="num">
        {form === null ? (
          <code>keel optimize {tgid}</code>
        ) : (
          <button
            type="button"
            class="btn small"
            onClick={() => {
              placing.value = form;
            }}
          >
            {words('Fill in', '채우기')}
          </button>
        )}
      </td>
    </tr>
  );
}
