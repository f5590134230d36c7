/** The four panels, run delay and fault stall over a range of the past; a second range lies over it, dashed. */
import { Card } from '../card.tsx';
import { type Line, LineChart } from '../charts/line-chart.tsx';
import { countText, pctText, sizeText, timeText } from '../format.ts';
import { say, words } from '../language.ts';
import type { RangeDocument, RangesDocument } from './documents.ts';
import { MEASURES } from './measures.ts';
import { timeLabel } from './ranges.ts';

interface PlanLine {
  readonly metric: string;
  readonly of: 'mean' | 'most';
  readonly label: string;
  readonly colour: string;
  /** From what is kept to what is drawn. */
  readonly scale?: number;
}

interface PanelProps {
  readonly document: RangesDocument;
  readonly title: string;
  readonly hint: string;
  readonly lines: readonly PlanLine[];
  readonly format: (value: number) => string;
}

/** Nanoseconds in a second as a share of one CPU. */
const PCT_OF_CPU = 1e-7;

export function PastPanels({ document }: { readonly document: RangesDocument }) {
  const worst = words('worst', '최대');
  return (
    <>
      <Panel
        document={document}
        title="CPU"
        hint={words(
          '% of one CPU: run (blue), waiting for a CPU (orange)',
          'CPU 하나 기준 %: 실행(파랑), CPU 대기(주황)',
        )}
        format={(value) => `${Number(value.toPrecision(3))} %`}
        lines={[
          { metric: 'cpuPct', of: 'mean', label: words('run', '실행'), colour: '--fault' },
          {
            metric: 'runDelayNsPerSec',
            of: 'mean',
            label: words('run delay', '실행 지연'),
            colour: '--task',
            scale: PCT_OF_CPU,
          },
        ]}
      />
      <Panel
        document={document}
        title={words('Memory', '메모리')}
        hint={words('RSS (line), swap (grey)', 'RSS(선), 스왑(회색)')}
        format={sizeText}
        lines={[
          { metric: 'rssBytes', of: 'mean', label: 'RSS', colour: '--good' },
          { metric: 'swapBytes', of: 'mean', label: words('swap', '스왑'), colour: '--none' },
        ]}
      />
      <TimeOnCpus document={document} />
      <Panel
        document={document}
        title={words('Migrations', '마이그레이션')}
        hint={words('moves to another CPU per second', '초당 다른 CPU로 옮긴 횟수')}
        format={(value) => `${Number(value.toPrecision(3))}/s`}
        lines={[
          {
            metric: 'migrationsPerSec',
            of: 'mean',
            label: words('migrations', '마이그레이션'),
            colour: '--move',
          },
        ]}
      />
      <Panel
        document={document}
        title={words('Run delay', '실행 지연')}
        hint={words(
          'wait for a CPU: p99 of each interval, its mean (orange) and worst (grey)',
          'CPU 대기: 구간별 p99의 평균(주황)과 최대(회색)',
        )}
        format={timeText}
        lines={[
          { metric: 'runDelayP99Ns', of: 'most', label: worst, colour: '--none' },
          { metric: 'runDelayP99Ns', of: 'mean', label: 'p99', colour: '--task' },
        ]}
      />
      <Panel
        document={document}
        title={words('Fault stall', '폴트로 멈춘 시간')}
        hint={words(
          'time in each second that page faults held threads: mean (blue), worst (grey)',
          '초당 페이지 폴트가 스레드를 멈춘 시간: 평균(파랑), 최대(회색)',
        )}
        format={(value) => `${timeText(value)}/s`}
        lines={[
          { metric: 'faultStallNsPerSec', of: 'most', label: worst, colour: '--none' },
          { metric: 'faultStallNsPerSec', of: 'mean', label: words('mean', '평균'), colour: '--fault' },
        ]}
      />
    </>
  );
}

function Panel({ document, title, hint, lines, format }: PanelProps) {
  const { ranges, stepSec } = document;
  const [shown, other] = ranges;
  if (shown === undefined) return null;
  const times = Array.from({ length: shown.steps }, (_, i) => shown.startSec + i * stepSec);
  const drawn = lines.flatMap((plan) => [
    ...(other === undefined ? [] : lineOf(other, plan, true)),
    ...lineOf(shown, plan, false),
  ]);
  const spanMs = shown.steps * stepSec * 1000;
  return (
    <Card width={6} title={title} hint={hint}>
      {drawn.length === 0 ? (
        <NotKnown plan={lines[0]} />
      ) : (
        <LineChart
          // Its axes are made for a span and for lines; another one is another picture.
          key={`${spanMs} ${drawn.map(({ label }) => label).join()}`}
          label={title}
          times={times}
          format={format}
          formatTime={(unixMs) => timeLabel(unixMs, spanMs)}
          lines={drawn}
        />
      )}
    </Card>
  );
}

/** None where it was never known in the range. Of the other range the steps lie where those of the shown one do. */
function lineOf(range: RangeDocument, plan: PlanLine, isOther: boolean): readonly Line[] {
  const found = range.series.find(({ metric }) => metric === plan.metric);
  if (found === undefined) return [];
  const { scale = 1 } = plan;
  return [
    {
      label: isOther ? `${plan.label} ${words('(compared)', '(비교)')}` : plan.label,
      colour: plan.colour,
      isDashed: isOther,
      values: found[plan.of].map((value) => (value === null ? null : value * scale)),
    },
  ];
}

function NotKnown({ plan }: { readonly plan: PlanLine | undefined }) {
  const measure = MEASURES.find(({ metric }) => metric === plan?.metric);
  const name = measure === undefined ? '' : say(measure.name);
  return (
    <p class="notice">
      {words(`— ${name} was not known in this time`, `— 이 시간에는 ${name} 값이 없습니다`)}
    </p>
  );
}

/** The busiest: of very many, a list would be a page of its own. */
const MOST_CPUS = 16;

function TimeOnCpus({ document }: { readonly document: RangesDocument }) {
  const [shown, other] = document.ranges;
  const shares = new Map(shown?.cpus.map(({ cpu, runPct }) => [cpu, runPct]));
  const others = new Map(other?.cpus.map(({ cpu, runPct }) => [cpu, runPct]));
  const weight = (cpu: number) => Math.max(shares.get(cpu) ?? 0, others.get(cpu) ?? 0);
  const all = [...new Set([...shares.keys(), ...others.keys()])];
  const cpus = all
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, MOST_CPUS)
    .sort((a, b) => a - b);
  return (
    <Card
      width={6}
      title={words('Time on each CPU', 'CPU별 실행 시간')}
      hint={words('share of the whole range, of one CPU', '전체 구간에서 CPU 하나 기준 비율')}
    >
      <div class={other === undefined ? 'bars' : 'bars compared'}>
        {cpus.map((cpu) => (
          <div key={cpu} class="row">
            <span>CPU {cpu}</span>
            <span class="track">
              <i style={{ width: `${Math.min(100, shares.get(cpu) ?? 0)}%` }} />
              {other === undefined ? null : (
                <i class="other" style={{ width: `${Math.min(100, others.get(cpu) ?? 0)}%` }} />
              )}
            </span>
            <span class="num">
              {pctText(shares.get(cpu) ?? 0)}
              {other === undefined ? '' : ` / ${pctText(others.get(cpu) ?? 0)}`}
            </span>
          </div>
        ))}
        {cpus.length === 0 ? <p class="hint">{words('did not run', '실행되지 않음')}</p> : null}
      </div>
      {all.length <= MOST_CPUS ? null : (
        <p class="foot">
          {words(
            `the ${MOST_CPUS} busiest of ${countText(all.length)}`,
            `CPU ${countText(all.length)}개 중 가장 바쁜 ${MOST_CPUS}개`,
          )}
        </p>
      )}
    </Card>
  );
}
