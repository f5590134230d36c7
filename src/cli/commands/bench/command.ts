/** `keel bench`: what this machine does, measured. */
import { EXPERIMENT_LIST, findExperiment, prepareBench, runExperiment } from '../../../app/run-experiment.ts';
import { KeelError } from '../../../base/errors.ts';
import type { Language } from '../../../base/sentence.ts';
import { GIB } from '../../../base/units.ts';
import type { BenchOption, Experiment } from '../../../experiments/experiment.ts';
import { defineCommand } from '../../command.ts';
import { choice, duration, FORCE, flag, size, text, wholeNumber } from '../../options.ts';
import { csvRows, resultJson } from './json.ts';
import { resultLines } from './render.ts';
import { svgOutput } from './svg.ts';

const LEAST_FOR_NS = 100e6;
const LEAST_SIZE_BYTES = 4096;
/** A word. */
const LEAST_STRIDE_BYTES = 4;
const MOST_REPEATS = 1000;

const NAMES = EXPERIMENT_LIST.map(({ name }) => name);

function listOf(language: Language): string {
  return EXPERIMENT_LIST.map(({ name, summary }) => `${name}: ${summary[language]}.`).join('\n');
}

export default defineCommand({
  name: 'bench',
  summary: {
    en: 'measures this machine: caches, memory, CPUs, the way between CPUs, noise, page faults',
    ko: '이 컴퓨터를 측정: 캐시, 메모리, CPU, CPU 사이의 거리, 잡음, 페이지 폴트',
  },
  details: {
    en: `Each experiment runs on threads that pin themselves, repeats, and tells its conditions and the spread of its samples. Nothing is changed.\n${listOf('en')}`,
    ko: `각 실험은 스스로 CPU에 고정하는 스레드로 반복 측정하며, 조건과 표본의 퍼짐을 함께 알립니다. 아무것도 바꾸지 않습니다.\n${listOf('ko')}`,
  },
  arguments: [
    {
      name: '<what>',
      describe: { en: `the experiment: ${NAMES.join(', ')}`, ko: `실험: ${NAMES.join(', ')}` },
      completes: NAMES,
    },
  ],
  options: {
    cpus: text(
      '--cpus <set>',
      { en: 'which CPUs (those that differ, or all)', ko: '측정할 CPU (서로 다른 것들 또는 전체)' },
      'cpus',
    ),
    for: duration(
      '--for <duration>',
      { en: 'about how long in all', ko: '전체 측정 시간(대략)' },
      LEAST_FOR_NS,
    ),
    size: size(
      '--size <bytes>',
      { en: 'the largest working set, or the memory to move', ko: '가장 큰 작업 집합, 또는 옮길 메모리' },
      LEAST_SIZE_BYTES,
      1024 * GIB,
    ),
    pages: choice(
      '--pages <kind>',
      {
        en: 'huge where the kernel gives them, or small',
        ko: '가능하면 huge, 또는 small 페이지',
      },
      ['huge', 'small'],
    ),
    huge: flag('--huge', { en: 'the same as --pages huge', ko: '--pages huge와 같음' }),
    repeats: wholeNumber(
      '--repeats <count>',
      { en: 'access, prefault, mlock: how often each figure', ko: 'access, prefault, mlock: 측정 반복 횟수' },
      1,
      MOST_REPEATS,
    ),
    stride: size(
      '--stride <bytes>',
      { en: 'access: from one access to the next (64)', ko: 'access: 접근 사이의 간격 (기본값 64)' },
      LEAST_STRIDE_BYTES,
      GIB,
    ),
    matrix: flag('--matrix', {
      en: 'c2c: every pair, also where lines get long',
      ko: 'c2c: 줄이 길어져도 모든 쌍을 표시',
    }),
    csv: flag('--csv', { en: 'rows as CSV', ko: 'CSV 출력' }),
    svg: text(
      '--svg <file>',
      { en: 'a picture into a file; - is stdout', ko: '그림을 파일로 저장. -는 표준 출력' },
      'file',
    ),
    force: FORCE,
  },
  examples: [
    {
      line: 'keel bench cache --cpus 0',
      does: {
        en: 'what a load takes on CPU 0, from L1 to memory',
        ko: 'CPU 0의 L1부터 메모리까지 로드 시간',
      },
    },
    {
      line: 'keel bench c2c --svg c2c.svg',
      does: { en: 'how far CPUs are from each other, as a heat map', ko: 'CPU 사이의 거리를 히트맵으로' },
    },
    {
      line: 'keel bench access --huge',
      does: { en: 'what page faults cost, in huge pages', ko: 'huge 페이지에서 페이지 폴트의 비용' },
    },
    {
      line: "keel bench noise --for 20s --cpus 'smt:0'",
      does: { en: 'who disturbs the first CPU of each core', ko: '코어마다 첫 CPU를 방해하는 것' },
    },
  ],
  async run({ args, options, context }) {
    const experiment = await findExperiment(args[0] ?? '');
    const pages = options.huge === true ? 'huge' : options.pages;
    for (const name of ['for', 'size', 'pages', 'repeats', 'stride'] as const) {
      const given = name === 'pages' ? pages : options[name];
      if (given !== undefined && !experiment.takes.includes(name)) throw notTaken(experiment, name);
    }
    const host = context.openLive();
    const bench = prepareBench(host, context.clock, experiment, {
      cpus: options.cpus ?? null,
      forNs: options.for ?? null,
      sizeBytes: options.size ?? null,
      pages: pages ?? null,
      repetitions: options.repeats ?? null,
      strideBytes: options.stride ?? null,
      signal: context.signal,
    });
    const progress = context.progress(
      { en: `bench ${experiment.name}`, ko: `bench ${experiment.name}` },
      experiment.expectedNs(bench),
    );
    const result = await runExperiment(host, context.clock, experiment, bench).finally(() => progress.stop());
    if (options.svg !== undefined)
      return svgOutput(result, options.svg, options.force === true, context.look);
    return {
      kind: 'document',
      json: resultJson(result),
      csv: () => csvRows(result),
      lines: (look) => resultLines(result, look, options.matrix === true),
    };
  },
});

function notTaken({ name, takes }: Experiment, option: BenchOption): KeelError {
  const others = takes.map((one) => `--${one}`).join(', ');
  return new KeelError('E_USAGE', {
    what: {
      en: `keel bench ${name} does not take --${option}`,
      ko: `keel bench ${name}에는 --${option}을(를) 쓰지 않습니다`,
    },
    next: [
      {
        en: `It takes --cpus${others === '' ? '' : `, ${others}`}`,
        ko: `쓸 수 있는 것: --cpus${others === '' ? '' : `, ${others}`}`,
      },
    ],
  });
}
