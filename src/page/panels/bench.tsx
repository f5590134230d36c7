/** Experiments on the machine itself: how noisy its CPUs are, how fast its caches and memory. */
import './trials.css';
import { useState } from 'preact/hooks';
import type { Sentence } from '../../base/sentence.ts';
import { Interval, linearScale, logScale } from '../charts/interval.tsx';
import type { BenchDocument } from '../documents.ts';
import { pctText, sizeText, timeText } from '../format.ts';
import { say, words } from '../language.ts';
import { measurement } from '../measuring.ts';
import { Measure } from './measure.tsx';

const bench = measurement<BenchDocument>('bench');

type Row = BenchDocument['rows'][number];

/** What of the rows of an experiment is drawn. */
interface Drawn {
  readonly title: Sentence;
  readonly name: (row: Row) => string;
  /** The estimate, and the ends of its interval. */
  readonly values: readonly [point: string, low: string, high: string];
  /** What the interval is of. */
  readonly interval: Sentence;
  readonly text: (value: number) => string;
  /** Values differ by powers of ten. */
  readonly isWide: boolean;
}

const QUARTILES: Sentence = { en: 'middle half of the samples', ko: '표본의 가운데 절반' };
const VISITS: Sentence = { en: 'least and most of the visits', ko: '반복 중 최소와 최대' };
const cpuOf = (row: Row) => `CPU ${row.cpu}`;

const EXPERIMENTS: Readonly<Record<string, Drawn>> = {
  noise: {
    title: { en: 'what a busy thread loses of its CPU', ko: '바쁜 스레드가 잃는 CPU 시간' },
    name: cpuOf,
    values: ['gonePct', 'gonePct', 'gonePct'],
    interval: { en: 'one measurement', ko: '측정 한 번' },
    text: pctText,
    isWide: false,
  },
  cpu: {
    title: { en: 'how fast the CPUs are', ko: 'CPU 속도' },
    name: (row) => `${cpuOf(row)}, ${row.work}`,
    values: ['nsPerStep', 'p25Ns', 'p75Ns'],
    interval: QUARTILES,
    text: timeText,
    isWide: false,
  },
  c2c: {
    title: { en: 'a cache line from CPU to CPU', ko: 'CPU 사이의 캐시 라인 전달' },
    name: (row) => `CPU ${row.cpu} – ${row.otherCpu}, ${row.told}`,
    values: ['oneWayNs', 'leastVisitNs', 'mostVisitNs'],
    interval: VISITS,
    text: timeText,
    isWide: false,
  },
  cache: {
    title: { en: 'a load, by working set', ko: '작업 집합별 로드 시간' },
    name: (row) => `${cpuOf(row)}, ${sizeText(Number(row.sizeBytes))}`,
    values: ['nsPerLoad', 'p25Ns', 'p75Ns'],
    interval: QUARTILES,
    text: timeText,
    isWide: true,
  },
  memory: {
    title: { en: 'memory bandwidth of one CPU', ko: 'CPU 하나의 메모리 대역폭' },
    name: (row) => `${cpuOf(row)}, ${row.operation}`,
    values: ['bytesPerSec', 'p25BytesPerSec', 'p75BytesPerSec'],
    interval: QUARTILES,
    text: (value) => `${sizeText(value)}/s`,
    isWide: false,
  },
};

export function Bench() {
  const [experiment, setExperiment] = useState('noise');
  return (
    <Measure
      title={words('Experiments on the machine', '컴퓨터 실험')}
      hint="keel bench"
      measurement={bench}
      needsTarget={false}
      chosen={{ experiment }}
      choices={
        <select
          aria-label={words('which experiment', '실험 종류')}
          value={experiment}
          onChange={(event) => setExperiment(event.currentTarget.value)}
        >
          {Object.entries(EXPERIMENTS).map(([name, { title }]) => (
            <option key={name} value={name}>
              {name}: {say(title)}
            </option>
          ))}
        </select>
      }
    >
      {(document) => <Result document={document} />}
    </Measure>
  );
}

function Result({ document }: { readonly document: BenchDocument }) {
  const drawn = EXPERIMENTS[document.schema.replace(/^keel\.bench\.(\w+)\/1$/, '$1')];
  if (drawn === undefined) return null;
  const { spread, conditions } = document;
  return (
    <>
      <p lang="en">{document.conclusion}</p>
      {document.warnings.map((warning) => (
        <p key={warning} class="notice" lang="en">
          {warning}
        </p>
      ))}
      <Rows rows={document.rows} drawn={drawn} />
      <p class="foot">
        {words('Line:', '선:')} {say(drawn.interval)}. {words('Noise:', '잡음:')} PSI CPU{' '}
        {pctText(conditions.cpuPressurePct)}, {words('steal', '스틸')} {pctText(conditions.stealPct)}
        {spread.medianPct === null
          ? ''
          : `, ${words('spread of the samples', '표본의 퍼짐')} ${pctText(spread.medianPct)} (${words('worst', '최대')} ${pctText(spread.worstPct)})`}
        . {words('CPUs', 'CPU')} {conditions.cpus}.
      </p>
    </>
  );
}

/** More rows are on the command line. */
const MOST_ROWS = 64;

function Rows({ rows, drawn }: { readonly rows: readonly Row[]; readonly drawn: Drawn }) {
  const [point, low, high] = drawn.values;
  const shown = rows.slice(0, MOST_ROWS).map((row) => ({
    name: drawn.name(row),
    point: Number(row[point]),
    low: Number(row[low]),
    high: Number(row[high]),
  }));
  const most = Math.max(...shown.map((row) => row.high));
  const least = Math.min(...shown.map((row) => row.low));
  const scale = drawn.isWide && least > 0 ? logScale(least, most) : linearScale(0, most);
  return (
    <div class="scroll trials">
      <table>
        <tbody>
          {shown.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td class="num">{drawn.text(row.point)}</td>
              <td>
                <Interval
                  label={`${drawn.text(row.low)} – ${drawn.text(row.high)}`}
                  {...row}
                  scale={scale}
                  tone="none"
                />
              </td>
              <td class="num">
                <small>
                  {row.low === row.high ? '' : `${drawn.text(row.low)} – ${drawn.text(row.high)}`}
                </small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length <= MOST_ROWS ? null : (
        <p class="foot">
          {words(`${rows.length - MOST_ROWS} more rows`, `${rows.length - MOST_ROWS}줄 더 있음`)}: keel bench
        </p>
      )}
    </div>
  );
}
