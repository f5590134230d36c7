/** The verdict first: what the rules say of the last window, and three figures of the last interval. */
import { isMissing, type Maybe } from '../../base/missing.ts';
import { plural } from '../../base/sentence.ts';
import { type Distribution, quantileNs } from '../../model/watch/distribution.ts';
import type { FrameFinding, TargetFrame } from '../../model/watch/frame.ts';
import { timeText } from '../format.ts';
import { say, words } from '../language.ts';
import { lastFrame, lastTarget } from '../state.ts';

export function Verdict() {
  const frame = lastFrame.value;
  const shown = lastTarget.value;
  if (frame === null || shown === null) return null;
  const findings = isMissing(frame.judgement) ? null : frame.judgement.findings;
  const [first] = findings ?? [];
  const look = first === undefined ? (findings === null ? '' : 'calm') : 'found';
  return (
    <section class={`card hero w12 ${look}`} aria-label={words('Verdict', '판정')}>
      <div aria-live="polite">
        <p class="kick">
          {shown.comm} {shown.tgid}
          {shown.unit === null ? '' : ` · ${shown.unit}`} ·{' '}
          {words(plural(shown.threads.length, 'thread'), `스레드 ${shown.threads.length}개`)} ·{' '}
          {words(`by ${frame.obtainedBy}`, `${frame.obtainedBy}로 측정`)}
        </p>
        <h1>{first === undefined ? calm(findings) : say(first.verdict)}</h1>
        {first === undefined ? null : <Said finding={first} />}
      </div>
      <Figures shown={shown} elapsedNs={frame.elapsedNs} />
    </section>
  );
}

function calm(findings: readonly FrameFinding[] | null): string {
  return findings === null
    ? words('Looking; the first verdict comes in a moment', '관찰 중입니다. 곧 첫 판정이 나옵니다')
    : words('Nothing unsteady', '흔들리는 것이 없습니다');
}

function Said({ finding }: { readonly finding: FrameFinding }) {
  const remedy = finding.remedies.find(({ command }) => command !== null);
  return (
    <>
      <p class="say">{say(finding.summary)}</p>
      {remedy === undefined ? null : (
        <p class="act">
          <span>{say(remedy.text)}</span>
          <code>{remedy.command}</code>
        </p>
      )}
    </>
  );
}

function Figures({ shown, elapsedNs }: { readonly shown: TargetFrame; readonly elapsedNs: number }) {
  const runPct = shareOf(shown.activity.runTimeNs, elapsedNs);
  return (
    <dl class="figs">
      <div>
        <dt>{words('CPU', 'CPU')}</dt>
        <dd>
          {runPct} <span>%</span>
        </dd>
        <small>{words('of one CPU', 'CPU 하나 기준')}</small>
      </div>
      <div>
        <dt>{words('Run delay p99', '실행 지연 p99')}</dt>
        <dd>{quantileText(shown.runDelays)}</dd>
        <small>{words('of single waits', '대기 한 번당')}</small>
      </div>
      <div>
        <dt>{words('Fault stall p99', '폴트 정지 p99')}</dt>
        <dd>{quantileText(shown.faultStalls)}</dd>
        <small>{words('of single faults', '폴트 한 번당')}</small>
      </div>
    </dl>
  );
}

function shareOf(ns: Maybe<number>, elapsedNs: number): string {
  return isMissing(ns) ? '—' : ((100 * ns) / elapsedNs).toFixed(1);
}

function quantileText(distribution: Maybe<Distribution>): string {
  if (isMissing(distribution)) return '—';
  return distribution.events === 0 ? words('none', '없음') : timeText(quantileNs(distribution, 0.99));
}
