/** What of the history is shown: the process, the range of time, and what it is compared with. */
import type { ComponentChildren } from 'preact';
import { say, words } from '../language.ts';
import type { RecordedTarget } from './documents.ts';
import {
  COMPARISON_NAMES,
  COMPARISONS,
  type Comparison,
  dateAndTime,
  endingAt,
  inputText,
  moved,
  PRESETS,
  parseInput,
  type Range,
} from './ranges.ts';
import {
  choose,
  chosen,
  comparison,
  isLoading,
  loadRange,
  loadTargets,
  otherMs,
  range,
  targets,
} from './state.ts';

export function Form() {
  return (
    <form class="past-form" onSubmit={(event) => event.preventDefault()}>
      <Process />
      <Presets />
      <Ends />
      <Steps />
      <Compare />
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

function Field({ label, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: its control is the child
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

function show(next: Range): void {
  range.value = next;
  void loadRange();
}

function nameOf({ comm, tgid, recording, firstUnixMs, lastUnixMs }: RecordedTarget): string {
  return `${comm} ${tgid} · ${recording} · ${dateAndTime(firstUnixMs)} – ${dateAndTime(lastUnixMs).slice(5)}`;
}

function Process() {
  const all = targets.value ?? [];
  return (
    <Field label={words('Process', '프로세스')}>
      <select
        class="wide"
        value={String(chosen.value?.target ?? '')}
        onChange={(event) => {
          const found = all.find(({ target }) => String(target) === event.currentTarget.value);
          if (found === undefined) return;
          choose(found);
          void loadRange();
        }}
      >
        {all.map((one) => (
          <option key={one.target} value={String(one.target)}>
            {nameOf(one)}
          </option>
        ))}
      </select>
    </Field>
  );
}

function Presets() {
  const { fromMs, toMs } = range.value;
  return (
    <fieldset class="field">
      <legend>{words('Length', '길이')}</legend>
      <span class="seg">
        {PRESETS.map(({ lengthMs, name }) => (
          <button
            key={lengthMs}
            type="button"
            aria-pressed={toMs - fromMs === lengthMs}
            onClick={() => show(endingAt(toMs, lengthMs))}
          >
            {say(name)}
          </button>
        ))}
      </span>
    </fieldset>
  );
}

function Ends() {
  const { fromMs, toMs } = range.value;
  return (
    <>
      <TimeField
        label={words('From', '시작')}
        unixMs={fromMs}
        change={(from) => show({ fromMs: from, toMs: Math.max(toMs, from + 1000) })}
      />
      <TimeField
        label={words('To', '끝')}
        unixMs={toMs}
        change={(to) => show({ fromMs: Math.min(fromMs, to - 1000), toMs: to })}
      />
    </>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly unixMs: number;
  readonly change: (unixMs: number) => void;
}

function TimeField({ label, unixMs, change }: TimeFieldProps) {
  return (
    <Field label={label}>
      <input
        type="datetime-local"
        step="1"
        value={inputText(unixMs)}
        onChange={(event) => {
          const typed = parseInput(event.currentTarget.value);
          if (typed !== null) change(typed);
        }}
      />
    </Field>
  );
}

function Steps() {
  const { fromMs, toMs } = range.value;
  const toLatest = async () => {
    await loadTargets();
    show(endingAt(chosen.value?.lastUnixMs ?? toMs, toMs - fromMs));
  };
  return (
    <fieldset class="field">
      <legend>{words('Move', '이동')}</legend>
      <span class="steps">
        <button type="button" class="btn small" onClick={() => show(moved(range.value, -1))}>
          {words('Earlier', '이전')}
        </button>
        <button type="button" class="btn small" onClick={() => show(moved(range.value, 1))}>
          {words('Later', '다음')}
        </button>
        <button type="button" class="btn small" onClick={() => void toLatest()}>
          {words('Latest', '최신')}
        </button>
        <span role="status" class="hint">
          {isLoading.value ? words('loading', '불러오는 중') : ''}
        </span>
      </span>
    </fieldset>
  );
}

function Compare() {
  return (
    <>
      <Field label={words('Compare with', '비교 대상')}>
        <select
          value={comparison.value}
          onChange={(event) => {
            comparison.value = event.currentTarget.value as Comparison;
            void loadRange();
          }}
        >
          {COMPARISONS.map((one) => (
            <option key={one} value={one}>
              {say(COMPARISON_NAMES[one])}
            </option>
          ))}
        </select>
      </Field>
      {comparison.value !== 'other' ? null : (
        <TimeField
          label={words('It begins', '비교 시작')}
          unixMs={otherMs.value}
          change={(unixMs) => {
            otherMs.value = unixMs;
            void loadRange();
          }}
        />
      )}
    </>
  );
}
