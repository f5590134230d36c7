/** Single waits for a CPU and single page faults over a range of the past, by their length; of a second range below it. */
import type { Distribution } from '../../model/watch/distribution.ts';
import { Card } from '../card.tsx';
import { HeatMap } from '../charts/heat-map.tsx';
import { words } from '../language.ts';
import type { HeatCell, RangeDocument, RangesDocument } from './documents.ts';
import { timeLabel } from './ranges.ts';

type LatencyName = 'runDelays' | 'faultStalls';

export function PastHeat({ document }: { readonly document: RangesDocument }) {
  return (
    <>
      <Heat
        document={document}
        of="runDelays"
        title={words('Run delay over time', '시간에 따른 실행 지연')}
        hint={words('single waits for a CPU; darker is more', 'CPU를 기다린 시간. 진할수록 많음')}
      />
      <Heat
        document={document}
        of="faultStalls"
        title={words('Page fault latency over time', '시간에 따른 페이지 폴트 지연')}
        hint={words('time one fault held a thread', '폴트 하나가 스레드를 멈춘 시간')}
      />
    </>
  );
}

interface HeatProps {
  readonly document: RangesDocument;
  readonly of: LatencyName;
  readonly title: string;
  readonly hint: string;
}

function Heat({ document: { ranges }, of, title, hint }: HeatProps) {
  const [, other] = ranges;
  return (
    <Card width={6} title={title} hint={hint}>
      {ranges.map((range, i) => (
        <One
          key={range.startSec}
          range={range}
          cells={range.heat[of]}
          label={i === 0 ? title : `${title} ${words('(compared)', '(비교)')}`}
          caption={other === undefined ? null : i === 0 ? words('shown', '선택') : words('compared', '비교')}
        />
      ))}
    </Card>
  );
}

interface OneProps {
  readonly range: RangeDocument;
  readonly cells: readonly HeatCell[];
  readonly label: string;
  /** null where there is only one. */
  readonly caption: string | null;
}

function One({ range: { startSec, heat }, cells, label, caption }: OneProps) {
  const { columns, columnSec } = heat;
  const [fromMs, toMs] = [startSec * 1000, (startSec + columns * columnSec) * 1000];
  const at = (unixMs: number) => timeLabel(unixMs, toMs - fromMs);
  return (
    <>
      {caption === null ? null : <p class="hint">{caption}</p>}
      {cells.length === 0 ? (
        <p class="notice">{words('— none was counted in this time', '— 이 시간에 집계된 것이 없습니다')}</p>
      ) : (
        <HeatMap
          label={label}
          columns={distributions(cells, columns)}
          from={at(fromMs)}
          to={at(toMs)}
          isWhole
        />
      )}
    </>
  );
}

function distributions(cells: readonly HeatCell[], columns: number): readonly Distribution[] {
  const all = Array.from({ length: columns }, () => ({ events: 0, totalNs: 0, octaves: [] as number[] }));
  for (const [column, octave, events] of cells) {
    const one = all[column];
    if (one === undefined) continue;
    one.events += events;
    one.octaves = Array.from({ length: Math.max(octave + 1, one.octaves.length) }, (_, i) =>
      i === octave ? events : (one.octaves[i] ?? 0),
    );
  }
  return all;
}
