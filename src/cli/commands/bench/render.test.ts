/** What experiments found, on paper: reports made up here, so that every form of text and picture has its turn. */
import { describe, expect, it } from 'vitest';
import type { Conditions, ExperimentResult } from '../../../app/run-experiment.ts';
import { CpuSet } from '../../../base/cpu-set.ts';
import { missing } from '../../../base/missing.ts';
import { LANGUAGES, verbatim } from '../../../base/sentence.ts';
import type { Experiment } from '../../../experiments/experiment.ts';
import type { Chart, Matrix, Report } from '../../../experiments/report.ts';
import { cells, createLook } from '../../output/look.ts';
import { csvRows, resultJson } from './json.ts';
import { matrixLines } from './matrix.ts';
import { chartSvg } from './picture/chart.ts';
import { resultLines } from './render.ts';

const look = createLook({ language: 'en', width: 80, unicode: true, colour: false });

const report: Report = {
  verdict: { en: 'L1d 1.94 ns, memory 112 ns', ko: 'L1d 1.94 ns, 메모리 112 ns' },
  table: {
    columns: [
      { title: { en: 'working set', ko: '작업 집합' }, unit: 'bytes' },
      { title: verbatim('CPU 0'), unit: 'ns' },
      { title: { en: 'handles', ko: '처리' }, unit: 'text' },
    ],
    rows: [
      [16384, 1.94, 'eth0\u001b[31m'],
      [2 ** 26, null, { en: 'nothing', ko: '없음' }],
    ],
  },
  conclusion: [{ en: 'Steps where they belong.', ko: '계단이 있을 곳에 있습니다.' }],
  warnings: [{ en: 'the wind was strong', ko: '바람이 셌습니다' }],
  rows: [{ cpu: 0, nsPerLoad: 1.94 }],
  parts: { levels: [{ name: 'L1d' }] },
  spreadPct: { median: 3.2, worst: 19.04 },
  repetitions: 3,
  usages: [],
  backings: [],
  measuresNoise: false,
  chart: null,
  gaps: [],
};

const conditions: Conditions = {
  cpus: CpuSet.range(0, 1),
  model: 'Xeon',
  release: '6.12',
  pages: 'huge',
  hugePct: 99.7,
  pageBytes: 4096,
  governors: [],
  repetitions: 3,
  elapsedNs: 2.1e9,
  takenPct: 0.41,
  involuntarySwitches: 214,
  cpuPressurePct: 61,
  stealPct: missing('absent', 'steal'),
};

function resultOf(over: Partial<Report> = {}, under: Partial<Conditions> = {}): ExperimentResult {
  return {
    experiment: { name: 'cache' } as Experiment,
    report: { ...report, ...over },
    conditions: { ...conditions, ...under },
  };
}

describe('a result', () => {
  it('is trusted where its times are CPU time, however much was taken', () => {
    const taken = { takenPct: 60 };
    expect(resultLines(resultOf({}, taken), look, false)[0]).toMatch(/^NOT TRUSTWORTHY/);
    const lines = resultLines(resultOf({ usesCpuTime: true }, taken), look, false);
    expect(lines[0]).toBe('L1d 1.94 ns, memory 112 ns');
    expect(lines.join(' ')).toContain('times are CPU time');
  });

  it('is the answer, the figures, what they mean, what spoils them, and the conditions', () => {
    expect(resultLines(resultOf(), look, false)).toEqual([
      'L1d 1.94 ns, memory 112 ns',
      'working set    CPU 0  handles',
      '     16 KiB  1.94 ns  eth0\\x1b[31m',
      '     64 MiB        —  nothing',
      'Steps where they belong.',
      '! the wind was strong',
      'CPUs 0-1; huge pages 99.7 %; governor not told; 3 repetitions in 2.10 s; middle',
      'half within 3.20 % (worst 19 %); CPU taken 0.4 % of the time; PSI CPU 61.0 %',
    ]);
  });

  it('is not trustworthy where others had the CPU, unless that was the question', () => {
    const first = (measuresNoise: boolean) =>
      resultLines(resultOf({ measuresNoise }, { takenPct: 42 }), look, false)[0];
    expect(first(false)).toMatch(/^NOT TRUSTWORTHY: the CPU was taken 214 times, 42\.0 % of the time \(PSI/);
    expect(first(true)).toBe('L1d 1.94 ns, memory 112 ns');
  });

  it('warns of huge pages that did not come, and of none that nobody asked for', () => {
    const text = (under: Partial<Conditions>) => resultLines(resultOf({}, under), look, false).join('\n');
    expect(text({ hugePct: 12 })).toContain('only 12.0 % of the memory');
    expect(text({ hugePct: 0, pages: 'small' })).not.toContain('asked for');
    expect(text({ hugePct: 0, pages: 'small' })).toContain('pages of 4 KiB;');
  });

  it.each([40, 80])('keeps to %i columns in every language', (width) => {
    for (const language of LANGUAGES) {
      const narrow = createLook({ language, width, unicode: true, colour: false });
      for (const line of resultLines(resultOf({}, { takenPct: 42, hugePct: 1 }), narrow, false))
        expect(cells(line), line).toBeLessThanOrEqual(width);
    }
  });

  it('is a document with gaps for what is missing', () => {
    const json = resultJson(resultOf());
    expect(json).toMatchObject({
      schema: 'keel.bench.cache/1',
      levels: [{ name: 'L1d' }],
      spread: { medianPct: 3.2, worstPct: 19.04 },
      conclusion: 'L1d 1.94 ns, memory 112 ns. Steps where they belong.',
      conditions: { cpus: '0-1', stealPct: null, cpuPressurePct: 61 },
    });
    expect(json.gaps).toMatchObject([{ field: 'conditions.stealPct', reason: 'absent' }]);
    expect(csvRows(resultOf())).toEqual([
      ['cpu', 'nsPerLoad'],
      [0, 1.94],
    ]);
  });
});

/** Times that grow with the distance of numbers. */
function matrixOf(count: number): Matrix {
  const labels = Array.from({ length: count }, (_, i) => i);
  return { labels, ns: labels.map((a) => labels.map((b) => (a === b ? null : 20 + 10 * Math.abs(a - b)))) };
}

describe('a matrix', () => {
  it('is left to the table for a single pair', () => {
    expect(matrixLines(matrixOf(2), look, false)).toEqual([]);
    expect(matrixLines(matrixOf(2), look, true)).toEqual(['   ns  0  1', 'CPU 0  . 30', 'CPU 1 30  .']);
  });

  it('has numbers while they fit, then shades, then nothing but the way to it', () => {
    expect(matrixLines(matrixOf(4), look, false)[1]).toBe('CPU 0  . 30 40 50');
    const shades = matrixLines(matrixOf(48), look, false);
    expect(shades).toHaveLength(49);
    expect(shades[0]).toMatch(/^ CPU 0 {2}·+░+▒+▓+█+$/);
    expect(shades.at(-1)).toContain('30 ns - 490 ns');
    expect(matrixLines(matrixOf(200), look, false)).toEqual([
      '200 CPUs are too many for 80 columns: --svg FILE, or --matrix',
    ]);
    const plain = createLook({ language: 'en', width: 80, unicode: false, colour: false });
    expect(matrixLines(matrixOf(48), plain, false).join('')).toMatch(/^[\x20-\x7e]*$/);
  });
});

const axis = (isLog: boolean) => ({ unit: 'bytes', isLog, title: { en: 'x', ko: '가로' } }) as const;
const CHARTS: Readonly<Record<string, Chart>> = {
  lines: {
    kind: 'lines',
    x: axis(true),
    y: { unit: 'ns', isLog: true, title: { en: 'ns', ko: 'ns' } },
    series: [
      { name: 'CPU 0', points: [2, 5, 90].map((y, i) => ({ x: 16384 * 32 ** i, y })) },
      { name: 'a<b', points: [{ x: 16384, y: 3 }] },
    ],
    marks: [{ x: 32768, name: 'L1d' }],
  },
  'lines at one height': {
    kind: 'lines',
    x: { unit: 'duration', isLog: false, title: { en: 't', ko: '시간' } },
    y: { unit: 'ns', isLog: false, title: { en: 'ns', ko: 'ns' } },
    series: [{ name: 'CPU 0', points: [{ x: 0, y: 2 }] }],
    marks: [],
  },
  bars: {
    kind: 'bars',
    unit: 'bytesPerSec',
    title: { en: 'bandwidth', ko: '대역폭' },
    bars: [
      { name: 'CPU 0 read', value: 12e9 },
      { name: 'CPU 0 write', value: 0 },
    ],
  },
  stacks: {
    kind: 'stacks',
    unit: 'duration',
    title: { en: 'set-up, then work', ko: '준비, 그다음 작업' },
    parts: [verbatim('set-up'), verbatim('a<b')],
    bars: [
      { name: verbatim('none'), values: [0, 72e6] },
      { name: verbatim('x<b'), values: [45e6, -1] },
      { name: verbatim('refused'), values: null },
    ],
  },
  heat: { kind: 'heat', title: { en: 'one way', ko: '편도' }, matrix: matrixOf(8) },
  'a large heat map': { kind: 'heat', title: { en: 'one way', ko: '편도' }, matrix: matrixOf(64) },
};

describe.each(Object.entries(CHARTS))('a picture of %s', (_, chart) => {
  it('is whole: every element closed, every number a number, names escaped', () => {
    const svg = chartSvg(chart, { title: 'keel bench x', verdict: verbatim('fine & well') }, look);
    for (const tag of ['svg', 'g', 'text', 'title', 'style'])
      expect(svg.match(new RegExp(`<${tag}[ >]`, 'g'))?.length, tag).toBe(
        svg.match(new RegExp(`</${tag}>`, 'g'))?.length,
      );
    expect(svg).not.toMatch(/NaN|Infinity|undefined|a<b|& /);
    if (chart.kind === 'heat')
      expect(svg.match(/<title>CPU/g)).toHaveLength(
        chart.matrix.labels.length ** 2 - chart.matrix.labels.length,
      );
  });
});
