/** Page faults by the time they took: causes, files, functions. */
import './faults.css';
import { useState } from 'preact/hooks';
import { fileName } from '../../model/stacks/names.ts';
import { causeName, FlameGraph } from '../charts/flame-graph.tsx';
import type { FaultsDocument } from '../documents.ts';
import { countText, pctText, timeText } from '../format.ts';
import { words } from '../language.ts';
import { measurement } from '../measuring.ts';
import { Measure } from './measure.tsx';

const faults = measurement<FaultsDocument>('faults');
const SHOWN = 12;

export function Faults() {
  const [stacks, setStacks] = useState(true);
  return (
    <Measure
      title={words('Page faults', '페이지 폴트')}
      hint={words(
        'by the time they held a thread, not by their number',
        '횟수가 아니라 스레드를 멈춘 시간으로',
      )}
      measurement={faults}
      chosen={{ stacks: stacks ? 'yes' : 'no' }}
      choices={<Callers chosen={stacks} choose={setStacks} />}
    >
      {(document) => <Recorded document={document} />}
    </Measure>
  );
}

interface CallersProps {
  readonly chosen: boolean;
  readonly choose: (chosen: boolean) => void;
}

/** What it costs is said before it is asked for. */
function Callers({ chosen, choose }: CallersProps) {
  return (
    <label
      class="hint choice"
      title={words('costs the target some 0.6 µs a fault more', '대상에 폴트마다 약 0.6 µs 더 부담됩니다')}
    >
      <input type="checkbox" checked={chosen} onChange={(event) => choose(event.currentTarget.checked)} />
      {words('callers (+0.6 µs a fault)', '호출 경로 (폴트당 +0.6 µs)')}
    </label>
  );
}

function Recorded({ document }: { readonly document: FaultsDocument }) {
  const stalledPct = (100 * document.stallNs) / document.elapsedNs;
  return (
    <>
      <p>
        <b>
          {timeText(document.stallNs)} {words('stalled', '멈춤')}
        </b>{' '}
        {words(
          `in ${timeText(document.elapsedNs)} (${pctText(stalledPct)}); ${countText(document.faults)} faults, ${countText(document.major)} major; ${countText(document.lost)} lost, ${countText(document.unpaired)} unpaired, by ${document.obtainedBy}`,
          `(${timeText(document.elapsedNs)} 중 ${pctText(stalledPct)}). 폴트 ${countText(document.faults)}회, 메이저 ${countText(document.major)}회. 유실 ${countText(document.lost)}, 짝 없음 ${countText(document.unpaired)}, ${document.obtainedBy}로 측정`,
        )}
      </p>
      {document.profile === null || document.faults === 0 ? null : <FlameGraph profile={document.profile} />}
      <Groups
        title={words('Cause', '원인')}
        total={document.stallNs}
        rows={document.byCause.map((one) => ({
          ...one,
          name: causeName(one.cause),
          detail: `p50 ${timeText(one.p50Ns)} · p99 ${timeText(one.p99Ns)} · max ${timeText(one.maxNs)}`,
        }))}
      />
      <Groups
        title={words('Mapping', '매핑')}
        total={document.stallNs}
        rows={document.byMapping.map((one) => ({
          ...one,
          name: one.path === '' ? one.kind : one.path,
          detail: one.kind,
        }))}
      />
      <Groups
        title={words('Function', '함수')}
        total={document.stallNs}
        rows={document.byFunction
          // With callers recorded, those that only called are in the list too.
          .filter((one) => one.faults > 0)
          .map((one) => ({
            ...one,
            name: one.function ?? '—',
            detail: one.binary ?? '',
          }))}
      />
    </>
  );
}

interface GroupsProps {
  readonly title: string;
  readonly total: number;
  readonly rows: readonly {
    readonly name: string;
    readonly detail: string;
    readonly faults: number;
    readonly stallNs: number;
  }[];
}

function Groups({ title, total, rows }: GroupsProps) {
  return (
    <table class="groups">
      <thead>
        <tr>
          <th>{title}</th>
          <th class="num">{words('faults', '폴트')}</th>
          <th class="num">{words('stall', '정지 시간')}</th>
          <th class="num">{words('share', '비율')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, SHOWN).map(({ name, detail, faults, stallNs }) => (
          <tr key={`${name} ${detail}`}>
            <th scope="row">
              {name} <small title={detail}>{fileName(detail)}</small>
            </th>
            <td class="num">{countText(faults)}</td>
            <td class="num">{timeText(stallNs)}</td>
            <td class="num">{pctText((100 * stallNs) / Math.max(1, total))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
