/** The heading of a measurement: what it costs is said before it starts; it can be stopped. */

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Card } from '../card.tsx';
import { say, words } from '../language.ts';
import type { Measured, Measurement } from '../measuring.ts';
import { target } from '../state.ts';

export interface MeasureProps<T> {
  readonly title: string;
  readonly hint: string;
  readonly measurement: Measurement<T>;
  /** False for what is measured of the machine. */
  readonly needsTarget?: boolean;
  /** Beside how long: what else can be chosen, and what was. */
  readonly choices?: ComponentChildren;
  readonly chosen?: Readonly<Record<string, string>>;
  readonly children: (document: T) => ComponentChildren;
}

const LENGTHS = [5, 10, 30, 60];

export function Measure<T>(props: MeasureProps<T>) {
  const { title, hint, measurement, choices, chosen: more = {}, needsTarget = true, children } = props;
  const [seconds, setSeconds] = useState(10);
  const state = measurement.state.value;
  const chosen = needsTarget ? target.value : '';
  const isRunning = state.kind === 'running';
  return (
    <Card
      width={12}
      title={title}
      hint={hint}
      right={
        <>
          {choices}
          <select
            aria-label={words('how long', '측정 시간')}
            value={seconds}
            onChange={(event) => setSeconds(Number(event.currentTarget.value))}
          >
            {LENGTHS.map((length) => (
              <option key={length} value={length}>
                {length} s
              </option>
            ))}
          </select>{' '}
          <button
            type="button"
            class="btn primary small"
            disabled={chosen === null || isRunning}
            onClick={() =>
              chosen !== null &&
              void measurement.start(seconds, needsTarget ? { ...more, target: chosen } : more)
            }
          >
            {words('Measure', '측정')}
          </button>
        </>
      }
    >
      <Outcome state={state}>{children}</Outcome>
    </Card>
  );
}

interface OutcomeProps<T> {
  readonly state: Measured<T>;
  readonly children: (document: T) => ComponentChildren;
}

function Outcome<T>({ state, children }: OutcomeProps<T>) {
  switch (state.kind) {
    case 'never':
      return <p class="hint">{words('Not measured yet.', '아직 측정하지 않았습니다.')}</p>;
    case 'running':
      return <Running beganMs={state.beganMs} seconds={state.seconds} stop={state.stop} />;
    case 'failed':
      return (
        <p class="notice bad" role="alert">
          {say(state.what)}
        </p>
      );
    case 'done':
      return <>{children(state.document)}</>;
  }
}

interface RunningProps {
  readonly beganMs: number;
  readonly seconds: number;
  readonly stop: () => void;
}

function Running({ beganMs, seconds, stop }: RunningProps) {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const doneSec = (nowMs - beganMs) / 1000;
  const left = Math.max(0, Math.ceil(seconds - doneSec));
  return (
    <div role="status">
      <p>
        {left > 0
          ? words(`measuring, ${left} s left`, `측정 중, ${left}초 남음`)
          : words('reading the result', '결과를 읽는 중')}
      </p>
      <div class="progress">
        <i style={{ width: `${Math.min(100, (100 * doneSec) / seconds)}%` }} />
      </div>
      <button type="button" class="btn small" onClick={stop}>
        {words('Stop', '중지')}
      </button>
    </div>
  );
}
