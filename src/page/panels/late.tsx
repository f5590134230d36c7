/** Late moments: which causes took the time, when, and one moment opened. */
import { useState } from 'preact/hooks';
import { lookOf } from '../causes.ts';
import type { LateDocument, LateMoment } from '../documents.ts';
import { countText, pctText, timeText } from '../format.ts';
import { say, words } from '../language.ts';
import { measurement } from '../measuring.ts';
import { Measure } from './measure.tsx';
import { MomentParts } from './moment-parts.tsx';

const late = measurement<LateDocument>('late');

export function Late() {
  return (
    <Measure
      title={words('Late moments', '늦은 순간')}
      hint={words(
        'every moment a thread could not run, by its cause',
        '스레드가 실행되지 못한 모든 순간과 그 원인',
      )}
      measurement={late}
    >
      {(document) => <Moments document={document} />}
    </Measure>
  );
}

function Moments({ document }: { readonly document: LateDocument }) {
  const [opened, setOpened] = useState<number | null>(null);
  const moment = document.momentList.find((one) => one.moment === opened);
  const { tick } = document;
  return (
    <>
      <p>
        <b>
          {words(`${countText(document.moments)} late moments`, `늦은 순간 ${countText(document.moments)}회`)}
        </b>{' '}
        {words(
          `over ${timeText(document.overNs)}, ${timeText(document.lateNs)} in all`,
          `(${timeText(document.overNs)} 초과), 모두 ${timeText(document.lateNs)}`,
        )}
        {tick === null
          ? ` · ${words('no tick found', '틱 없음')}`
          : ` · ${words('tick', '틱')} ${tick.comm} ${tick.tid}, ${tick.hz.toFixed(1)} Hz`}
      </p>
      <CausesBar document={document} />
      <CausesTable document={document} />
      {document.momentList.length === 0 ? null : (
        <Strip document={document} opened={opened} open={setOpened} />
      )}
      {document.moments <= MOST_SHOWN ? null : (
        <p class="foot">
          {words(
            `the ${MOST_SHOWN} worst of ${countText(document.moments)}`,
            `${countText(document.moments)}회 중 가장 늦은 ${MOST_SHOWN}회`,
          )}
        </p>
      )}
      {moment === undefined ? null : <Opened moment={moment} document={document} />}
      <Threads document={document} />
      <p class="foot">
        {words(
          `obtained by ${document.obtainedBy}, ${document.lost} lost, costs ${pctText(document.overheadPct)} of one CPU. `,
          `${document.obtainedBy}로 측정, 유실 ${document.lost}, CPU 하나의 ${pctText(document.overheadPct)} 사용. `,
        )}
        {document.reconciliation
          .map(
            ({ identity, oursNs, kernelNs }) =>
              `${identity}: ${timeText(oursNs)} / ${words('kernel', '커널')} ${timeText(kernelNs)}`,
          )
          .join('; ')}
      </p>
    </>
  );
}

function CausesBar({ document }: { readonly document: LateDocument }) {
  return (
    <div class="causes-bar" aria-hidden="true">
      {document.byCause.map(({ cause, lateNs }) => {
        const look = lookOf(cause);
        const share = lateNs / Math.max(1, document.lateNs);
        return (
          <i key={cause} class={look.className} style={{ width: `${100 * share}%` }}>
            {share > 0.04 ? look.letter : ''}
          </i>
        );
      })}
    </div>
  );
}

function CausesTable({ document }: { readonly document: LateDocument }) {
  return (
    <table>
      <thead>
        <tr>
          <th>{words('Cause', '원인')}</th>
          <th class="num">{words('Moments', '횟수')}</th>
          <th class="num">{words('Late time', '늦은 시간')}</th>
          <th class="num">{words('Share', '비율')}</th>
        </tr>
      </thead>
      <tbody>
        {document.byCause.map(({ cause, moments, lateNs, by }) => {
          const look = lookOf(cause);
          const holders = by
            .slice(0, 3)
            .map(({ comm, tid }) => [comm, tid].filter((part) => part !== null).join(' '));
          return (
            <tr key={cause}>
              <th scope="row">
                <span class={`key ${look.className}`}>{look.letter}</span>
                {say(look.name)} <small>{holders.join(', ')}</small>
              </th>
              <td class="num">{countText(moments)}</td>
              <td class="num">{timeText(lateNs)}</td>
              <td class="num">{pctText((100 * lateNs) / Math.max(1, document.lateNs))}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The largest cause of a moment. */
function mainCause({ parts }: LateMoment): string {
  const sums = new Map<string, number>();
  for (const { cause, lengthNs } of parts) sums.set(cause, (sums.get(cause) ?? 0) + lengthNs);
  const late = [...sums].filter(([cause]) => cause !== 'run');
  return late.sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'unexplained';
}

interface StripProps {
  readonly document: LateDocument;
  readonly opened: number | null;
  readonly open: (moment: number) => void;
}

/** More would lie one over the other. */
const MOST_SHOWN = 80;

/** Height by the logarithm of the lateness, from the limit to the worst. */
function Strip({ document, opened, open }: StripProps) {
  const shown = [...document.momentList].sort((a, b) => b.lateNs - a.lateNs).slice(0, MOST_SHOWN);
  const worst = shown[0]?.lateNs ?? document.overNs;
  const heightPct = (lateNs: number) => {
    const range = Math.log(Math.max(2, worst / document.overNs));
    return 18 + 82 * Math.min(1, Math.max(0, Math.log(lateNs / document.overNs) / range));
  };
  return (
    <fieldset class="strip" aria-label={words('late moments in the order of time', '시간순 늦은 순간')}>
      <span class="axis" style={{ top: '6%' }}>
        {timeText(worst)}
      </span>
      <span class="axis" style={{ top: '86%' }}>
        {timeText(document.overNs)}
      </span>
      {inTime(shown).map((moment) => {
        const look = lookOf(mainCause(moment));
        return (
          <button
            key={moment.moment}
            type="button"
            class={look.className}
            aria-pressed={moment.moment === opened}
            aria-label={`${moment.moment}: ${timeText(moment.lateNs)}, ${say(look.name)}`}
            style={{
              left: `${(100 * moment.fromNs) / document.elapsedNs}%`,
              height: `${heightPct(moment.lateNs)}%`,
            }}
            onClick={() => open(moment.moment)}
          >
            <b>{look.letter}</b>
          </button>
        );
      })}
    </fieldset>
  );
}

/** The order of time is that of Tab. */
function inTime(moments: readonly LateMoment[]): readonly LateMoment[] {
  return [...moments].sort((a, b) => a.fromNs - b.fromNs);
}

function Opened({ moment, document }: { readonly moment: LateMoment; readonly document: LateDocument }) {
  const comm = document.threads.find(({ tid }) => tid === moment.tid)?.comm ?? '';
  return (
    <div class="moment">
      <h3>
        {words(
          `Moment ${moment.moment}: ${comm} ${moment.tid} was ${timeText(moment.lateNs)} late`,
          `순간 ${moment.moment}: ${comm} ${moment.tid}, ${timeText(moment.lateNs)} 늦음`,
        )}
      </h3>
      <MomentParts lengthNs={moment.lengthNs} parts={moment.parts} />
    </div>
  );
}

function Threads({ document }: { readonly document: LateDocument }) {
  const shown = [...document.threads].sort((a, b) => b.runDelayNs - a.runDelayNs).slice(0, 12);
  return (
    <table>
      <thead>
        <tr>
          <th>{words('Thread', '스레드')}</th>
          <th class="num">{words('run delay', '실행 지연')}</th>
          <th class="num">p50</th>
          <th class="num">p99</th>
          <th class="num">max</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((thread) => (
          <tr key={thread.tid}>
            <th scope="row">
              {thread.comm} <small>{thread.tid}</small>
            </th>
            <td class="num">{timeText(thread.runDelayNs)}</td>
            <td class="num">{timeText(thread.p50Ns)}</td>
            <td class="num">{timeText(thread.p99Ns)}</td>
            <td class="num">{timeText(thread.maxNs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
