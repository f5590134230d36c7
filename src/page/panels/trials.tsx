/** What was tried on processes of this machine, and what came of it: the candidates with their intervals, and the noise. */
import './trials.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Sentence } from '../../base/sentence.ts';
import { Card } from '../card.tsx';
import { Interval, linearScale, placePct } from '../charts/interval.tsx';
import type { ListedCandidate, ListedTrial } from '../documents.ts';
import { changeText, intervalText, pctText, timeText, valueText } from '../format.ts';
import { say, words } from '../language.ts';
import { sentenceOf } from '../measuring.ts';
import { ask } from '../server.ts';
import { lastTarget, target } from '../state.ts';
import { Bench } from './bench.tsx';
import { ApplyButton } from './place.tsx';

/** Nothing changes by less than -100 %; what is beyond the right end is an arrow. */
const SCALE = linearScale(-100, 100);
const TICKS = [-100, -50, 0, 50, 100];
const SHOWN = 10;

export function Trials() {
  const trials = useSignal<readonly ListedTrial[] | null>(null);
  const failure = useSignal<Sentence | null>(null);
  const shown = useSignal(SHOWN);
  useEffect(() => {
    ask<{ readonly trials: readonly ListedTrial[] }>('trials').then(
      (given) => {
        trials.value = given.trials;
      },
      (error: unknown) => {
        failure.value = sentenceOf(error);
      },
    );
  }, []);
  const all = trials.value ?? [];
  return (
    <>
      {failure.value === null ? null : <p class="notice bad w12">{say(failure.value)}</p>}
      {trials.value !== null && all.length === 0 ? <NothingTried /> : null}
      {all.slice(0, shown.value).map((trial) => (
        <Trial key={trial.trial} trial={trial} />
      ))}
      {all.length <= shown.value ? null : (
        <button type="button" class="btn small w12" onClick={() => (shown.value += SHOWN)}>
          {words(`${all.length - shown.value} older`, `이전 시험 ${all.length - shown.value}개`)}
        </button>
      )}
      <Bench />
    </>
  );
}

function NothingTried() {
  return (
    <Card width={12} title={words('Trials', '시험')}>
      <p class="hint">
        {words(
          'Nothing was tried on this machine yet. To try placements on the running process and keep a proven one:',
          '이 컴퓨터에서 시험한 것이 아직 없습니다. 실행 중인 프로세스에서 배치를 시험하고 입증된 것만 유지하려면:',
        )}{' '}
        <code>keel optimize {target.value ?? 'PID'}</code>
      </p>
    </Card>
  );
}

function Trial({ trial }: { readonly trial: ListedTrial }) {
  const { comm, tgid, unit } = trial.target;
  const isThis = tgid === lastTarget.value?.tgid;
  return (
    <Card
      width={12}
      title={words(`Trial ${trial.trial}: ${say(trial.signal)}`, `시험 ${trial.trial}: ${say(trial.signal)}`)}
      hint={[
        `${comm} ${tgid}${isThis ? words(' (this process)', ' (이 프로세스)') : ''}`,
        ...(unit === null ? [] : [unit]),
        new Date(trial.at).toLocaleString(),
        trial.better === 'lower'
          ? words('lower is better', '낮을수록 좋음')
          : words('higher is better', '높을수록 좋음'),
      ].join(' · ')}
    >
      <p>
        <b>{say(outcomeOf(trial))}</b>
      </p>
      <div class="scroll trials">
        <table>
          <Head />
          <tbody>
            <tr>
              <th scope="row">{words('leave alone', '그대로 두기')}</th>
              <td class="num">{valueText(trial.baseline, trial.unit)}</td>
              <td>
                <Interval
                  label={words('baseline', '기준')}
                  {...{ low: 0, point: 0, high: 0, zero: 0 }}
                  scale={SCALE}
                  tone="none"
                  noise={trial.noise?.selfIntervalPct ?? null}
                />
              </td>
              <td class="num" />
              <td>
                <span class="verdict">{words('baseline', '기준')}</span>
              </td>
            </tr>
            {trial.candidates.map((one) => (
              <Candidate key={one.name} one={one} trial={trial} />
            ))}
          </tbody>
        </table>
      </div>
      <Noise trial={trial} />
    </Card>
  );
}

function Head() {
  return (
    <thead>
      <tr>
        <th>{words('Candidate', '후보')}</th>
        <th class="num">{words('median', '중앙값')}</th>
        <th class="scale" aria-label={words('change with its 90 % interval', '변화와 90 % 구간')}>
          {TICKS.map((tick) => (
            <i key={tick} aria-hidden="true" style={{ left: `${placePct(SCALE(tick))}%` }}>
              {tick > 0 ? '+' : ''}
              {tick === 0 ? '0 %' : String(tick).replace('-', '−')}
            </i>
          ))}
        </th>
        <th class="num">{words('change', '변화')}</th>
        <th>{words('verdict', '판정')}</th>
      </tr>
    </thead>
  );
}

function Candidate({ one, trial }: { readonly one: ListedCandidate; readonly trial: ListedTrial }) {
  const { tone, text } = verdictLook(one);
  const { effectPct, intervalPct } = one;
  const { tgid } = trial.target;
  const because = one.because === null || tone === 'good' ? null : say(one.because);
  return (
    <tr class={one.isKept ? 'kept' : ''}>
      <th scope="row" title={say(one.summary)}>
        {one.name}
        <small>{say(one.summary)}</small>
      </th>
      <td class="num">{valueText(one.value, trial.unit)}</td>
      <td>
        {effectPct === null || intervalPct === null ? (
          <span class="hint">{words('not measured', '측정되지 않음')}</span>
        ) : (
          <Interval
            label={`${changeText(effectPct)}, ${intervalText(intervalPct)}`}
            low={intervalPct[0]}
            point={effectPct}
            high={intervalPct[1]}
            scale={SCALE}
            tone={tone}
            zero={0}
            noise={trial.noise?.selfIntervalPct ?? null}
          />
        )}
      </td>
      <td class="num">
        {changeText(effectPct)}
        <br />
        <small>{intervalPct === null ? '' : intervalText(intervalPct)}</small>
      </td>
      <td>
        <span class={`verdict ${tone}`}>{say(text)}</span>
        {because === null ? null : (
          <>
            <br />
            <small>{because}</small>
          </>
        )}
        {one.verdict === 'helps' && tgid === lastTarget.value?.tgid ? (
          <>
            {' '}
            <ApplyButton tgid={tgid} candidate={one.name} />
          </>
        ) : null}
      </td>
    </tr>
  );
}

interface VerdictLook {
  readonly tone: 'good' | 'bad' | 'none';
  readonly text: Sentence;
}

const OPEN: VerdictLook = { tone: 'none', text: { en: '? open', ko: '? 불확실' } };
const LOOKS: Readonly<Record<string, VerdictLook>> = {
  helps: { tone: 'good', text: { en: '▲ helps', ko: '▲ 효과 있음' } },
  hurts: { tone: 'bad', text: { en: '▼ hurts', ko: '▼ 나빠짐' } },
  'no-difference': { tone: 'none', text: { en: '= no difference', ko: '= 차이 없음' } },
  mixed: { tone: 'none', text: { en: '~ mixed', ko: '~ 엇갈림' } },
  inconclusive: OPEN,
};

function verdictLook({ verdict, isKept }: ListedCandidate): VerdictLook {
  if (isKept) return { tone: 'good', text: { en: '▲ helps, kept', ko: '▲ 효과 있음, 유지' } };
  return LOOKS[verdict] ?? OPEN;
}

function outcomeOf({ candidates, change }: ListedTrial): Sentence {
  const kept = candidates.find(({ isKept }) => isKept);
  if (kept !== undefined && change !== null) {
    return {
      en: `Helps: ${kept.summary.en}. Kept as ${change}.`,
      ko: `효과 있음: ${kept.summary.ko}. ${change}(으)로 유지했습니다.`,
    };
  }
  if (candidates.some(({ verdict }) => verdict === 'inconclusive' || verdict === 'mixed')) {
    return {
      en: 'Inconclusive: nothing was proven, and nothing was kept.',
      ko: '불확실: 입증된 것이 없어 아무것도 유지하지 않았습니다.',
    };
  }
  return {
    en: 'Nothing helps more than leaving it alone; nothing was kept.',
    ko: '그대로 두는 것보다 나은 것이 없어 아무것도 유지하지 않았습니다.',
  };
}

/** Why an interval is as wide as it is. */
function Noise({ trial: { noise, candidates } }: { readonly trial: ListedTrial }) {
  const rounds = Math.max(0, ...candidates.map((one) => one.rounds));
  const roundsText = words(`At most ${rounds} rounds each.`, `후보마다 최대 ${rounds}번 반복.`);
  if (noise === null) return <p class="foot">{roundsText}</p>;
  const { pressureLowPct, pressureHighPct, stealNs, driftPct, selfIntervalPct } = noise;
  const parts = [
    ...(pressureLowPct === null || pressureHighPct === null
      ? []
      : [`PSI CPU ${pctText(pressureLowPct)} – ${pctText(pressureHighPct)}`]),
    ...(stealNs === null ? [] : [words(`steal ${timeText(stealNs)}`, `스틸 ${timeText(stealNs)}`)]),
    ...(driftPct === null ? [] : [words(`drift ${changeText(driftPct)}`, `추세 ${changeText(driftPct)}`)]),
    ...(selfIntervalPct === null
      ? []
      : [
          words(
            `"leave alone" against itself ${intervalText(selfIntervalPct)} (the grey band)`,
            `"그대로 두기"끼리 비교 ${intervalText(selfIntervalPct)} (회색 띠)`,
          ),
        ]),
  ];
  return (
    <p class="foot">
      {roundsText} {words('Noise:', '잡음:')}{' '}
      {parts.length === 0 ? words('not read', '읽지 못함') : parts.join(', ')}.
    </p>
  );
}
