/** What changes over time: CPU and memory, migrations, time on each CPU, and the two heat maps. */
import { isMissing, type Maybe } from '../../base/missing.ts';
import type { TargetFrame, WatchFrame } from '../../model/watch/frame.ts';
import { Card } from '../card.tsx';
import { HeatMap } from '../charts/heat-map.tsx';
import { LineChart } from '../charts/line-chart.tsx';
import { clockText, countText, sizeText } from '../format.ts';
import { words } from '../language.ts';
import { frames, lastFrame, lastTarget } from '../state.ts';

/** The value of each frame's target; null where it is missing, so that a line has a gap there. */
function values(shown: readonly WatchFrame[], of: (target: TargetFrame, frame: WatchFrame) => Maybe<number>) {
  return shown.map((frame) => {
    const [target] = frame.targets;
    const value = target === undefined ? null : of(target, frame);
    return isMissing(value) ? null : value;
  });
}

export function OverTime() {
  const shown = frames.value;
  const times = shown.map((frame, i) => (frame.unixMs === null ? i : frame.unixMs / 1000));
  return (
    <>
      <CpuOverTime shown={shown} times={times} />
      <MemoryOverTime shown={shown} times={times} />
      <TimeOnCpus />
      <Migrations shown={shown} times={times} />
      <Heat
        shown={shown}
        title={words('Run delay over time', '시간에 따른 실행 지연')}
        hint={words('single waits for a CPU; darker is more', 'CPU를 기다린 시간. 진할수록 많음')}
        of={(target) => target.runDelays}
      />
      <Heat
        shown={shown}
        title={words('Page fault latency over time', '시간에 따른 페이지 폴트 지연')}
        hint={words('time one fault held a thread', '폴트 하나가 스레드를 멈춘 시간')}
        of={(target) => target.faultStalls}
      />
    </>
  );
}

interface Shown {
  readonly shown: readonly WatchFrame[];
  readonly times: readonly number[];
}

function CpuOverTime({ shown, times }: Shown) {
  const ofOne = (ns: Maybe<number>, elapsedNs: number) => (isMissing(ns) ? ns : (100 * ns) / elapsedNs);
  const run = values(shown, (target, { elapsedNs }) => ofOne(target.activity.runTimeNs, elapsedNs));
  const delay = values(shown, (target, { elapsedNs }) => ofOne(target.activity.runDelayNs, elapsedNs));
  const title = words('CPU', 'CPU');
  return (
    <Card
      width={6}
      title={title}
      hint={words(
        '% of one CPU: run (blue), waiting for a CPU (orange)',
        'CPU 하나 기준 %: 실행(파랑), CPU 대기(주황)',
      )}
    >
      <LineChart
        label={title}
        times={times}
        format={(value) => `${value.toFixed(0)} %`}
        lines={[
          { label: words('run', '실행'), colour: '--fault', values: run },
          { label: words('run delay', '실행 지연'), colour: '--task', values: delay },
        ]}
      />
    </Card>
  );
}

function MemoryOverTime({ shown, times }: Shown) {
  const title = words('Memory', '메모리');
  const last = lastTarget.value;
  const swap = last === null || isMissing(last.swapBytes) ? null : last.swapBytes;
  const locked = last === null || isMissing(last.lockedBytes) ? null : last.lockedBytes;
  return (
    <Card
      width={6}
      title={title}
      hint={`RSS; ${words('swap', '스왑')} ${sizeText(swap)}, ${words('locked', '잠금')} ${sizeText(locked)}`}
    >
      <LineChart
        label={title}
        times={times}
        format={(value) => sizeText(value)}
        lines={[
          {
            label: 'RSS',
            colour: '--good',
            values: values(shown, (target) => target.activity.rssBytes ?? NO_RSS),
          },
        ]}
      />
    </Card>
  );
}

const NO_RSS = { missing: 'absent', path: 'RSS' } as const;

function Migrations({ shown, times }: Shown) {
  const each = values(shown, (target) => target.activity.migrations);
  let sum = 0;
  const cumulative = each.map((count) => {
    sum += count ?? 0;
    return count === null ? null : sum;
  });
  const title = words('Migrations', '마이그레이션');
  const span = shown.length === 0 ? 0 : shown.reduce((all, { elapsedNs }) => all + elapsedNs, 0) / 1e9;
  return (
    <Card
      width={6}
      title={title}
      hint={words(
        `${countText(sum)} in ${span.toFixed(0)} s, counted by the kernel`,
        `${span.toFixed(0)}초 동안 ${countText(sum)}회 (커널 집계)`,
      )}
    >
      <LineChart
        label={title}
        times={times}
        format={(value) => countText(value)}
        lines={[
          { label: words('cumulative', '누적'), colour: '--ink2', values: cumulative },
          { label: words('each interval', '구간마다'), colour: '--move', values: each },
        ]}
      />
    </Card>
  );
}

function TimeOnCpus() {
  const frame = lastFrame.value;
  const target = lastTarget.value;
  if (frame === null || target === null) return null;
  const shares = new Map(
    target.activity.cpus.map(({ cpu, runTimeNs }) => [cpu, (100 * runTimeNs) / frame.elapsedNs]),
  );
  const busiest = [...target.threads].sort((a, b) => runOf(b.runTimeNs) - runOf(a.runTimeNs))[0];
  const cpus = [...shares.keys()].sort((a, b) => a - b);
  return (
    <Card
      width={6}
      title={words('Time on each CPU', 'CPU별 실행 시간')}
      hint={
        busiest === undefined
          ? ''
          : words(`${busiest.comm} is on ${busiest.cpu}`, `${busiest.comm}은(는) 지금 CPU ${busiest.cpu}`)
      }
    >
      <div class="bars">
        {cpus.map((cpu) => (
          <div key={cpu} class={cpu === busiest?.cpu ? 'row now' : 'row'}>
            <span>
              CPU {cpu}
              {cpu === busiest?.cpu ? ' *' : ''}
            </span>
            <span class="track">
              <i style={{ width: `${Math.min(100, shares.get(cpu) ?? 0)}%` }} />
            </span>
            <span class="num">{(shares.get(cpu) ?? 0).toFixed(1)} %</span>
          </div>
        ))}
        {cpus.length === 0 ? <p class="hint">{words('did not run', '실행되지 않음')}</p> : null}
      </div>
    </Card>
  );
}

function runOf(value: Maybe<number>): number {
  return isMissing(value) ? 0 : value;
}

interface HeatProps {
  readonly shown: readonly WatchFrame[];
  readonly title: string;
  readonly hint: string;
  readonly of: (target: TargetFrame) => TargetFrame['runDelays'];
}

function Heat({ shown, title, hint, of }: HeatProps) {
  const columns = shown.flatMap(({ targets: [target] }) => (target === undefined ? [] : [of(target)]));
  const last = columns.at(-1);
  return (
    <Card width={6} title={title} hint={hint}>
      {last !== undefined && isMissing(last) ? (
        <p class="notice">
          — {last.detail ?? last.missing} <small>{last.path}</small>
        </p>
      ) : (
        <HeatMap
          label={title}
          columns={columns}
          from={clockText(shown[0]?.unixMs ?? null)}
          to={clockText(shown.at(-1)?.unixMs ?? null)}
        />
      )}
    </Card>
  );
}
