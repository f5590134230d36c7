/** `keel analyze`: what kind of work a process is, with the numbers it rests on. */
import { findTargets } from '../../../app/find-targets.ts';
import { measureWork } from '../../../app/measure-work.ts';
import { measureReadNs } from '../../../app/sample-targets.ts';
import { takerFor } from '../../../app/snapshot-taker.ts';
import { defineCommand } from '../../command.ts';
import { duration, durationGiven, SYSROOT, wholeNumber } from '../../options.ts';
import { analyzeOutput } from './render.ts';

const DEFAULT_NS = 10e9;
/** Short enough to see bursts of a second, long enough for the 4 ms by which run times lag. */
const DEFAULT_EVERY_NS = 100e6;
const LEAST_EVERY_NS = 20e6;
/** Reading a target of very many threads may take a fiftieth of a CPU, not more. */
const MOST_READ_RATIO = 0.02;
const DEFAULT_SHOW = 6;

export default defineCommand({
  name: 'analyze',
  summary: {
    en: 'what kind of work a process is: periodic, CPU-bound, waiting for storage, throttled, ...',
    ko: '프로세스가 어떤 유형의 작업인지 판단: 주기적, CPU 집중, 저장 장치 대기, 할당량에 막힘 등',
  },
  details: {
    en: "Reads the target's threads ten times a second and judges ten kinds of work, for the process and for each thread. Every answer comes with the numbers for and against it and their limits; what cannot be measured here is unknown, not guessed.",
    ko: '대상의 스레드를 1초에 10번 읽어, 프로세스와 스레드마다 10가지 작업 유형을 판단합니다. 모든 답에는 근거와 반증이 되는 수치와 기준이 붙고, 여기서 잴 수 없는 것은 추측하지 않고 알 수 없다고 답합니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: {
        en: 'a process: PID, name, tid:N, unit:NAME, ...',
        ko: '프로세스: PID, 이름, tid:N, unit:NAME 등',
      },
      completes: 'target',
    },
    { name: '[duration]', describe: { en: 'how long, as --for (10s)', ko: '측정 시간. --for와 같음 (10s)' } },
    {
      name: '[interval]',
      describe: { en: 'how often, as --every (100ms)', ko: '간격. --every와 같음 (100ms)' },
    },
  ],
  options: {
    for: duration('--for <duration>', { en: 'how long to look (10s)', ko: '관찰 시간 (10s)' }, 500e6),
    every: duration(
      '--every <interval>',
      { en: 'how often to read (100ms)', ko: '읽는 간격 (100ms)' },
      LEAST_EVERY_NS,
    ),
    show: wholeNumber(
      '--show <n>',
      { en: `most threads in text (${DEFAULT_SHOW})`, ko: `표시할 스레드 수 (${DEFAULT_SHOW})` },
      1,
      100_000,
    ),
    sysroot: SYSROOT,
  },
  examples: [
    { line: 'keel analyze arena', does: { en: 'ten seconds of one process', ko: '프로세스 하나를 10초간' } },
    {
      line: 'keel analyze 4127 60 1',
      does: { en: 'one minute, read every second', ko: '1분 동안 1초마다 읽기' },
    },
    { line: 'keel analyze arena --for 30s --json', does: { en: 'for a program', ko: '프로그램용' } },
  ],
  async run({ args, options, context }) {
    const [text = '', forText, everyText] = args;
    const durationNs = durationGiven('--for', options.for, 'duration', forText) ?? DEFAULT_NS;
    const asked = durationGiven('--every', options.every, 'interval', everyText);
    const opened = context.open();
    const [target] = findTargets(opened.host, text, { all: false, command: 'analyze' });
    if (target === undefined) throw new Error('a target is found or an error is thrown');
    const taker = opened.host.kind === 'live' ? takerFor(opened.host, [target], undefined) : null;
    const readNs =
      opened.host.kind === 'live'
        ? measureReadNs(opened.host, context.clock, { targets: [target], taker })
        : 0;
    taker?.close();
    const everyNs = asked ?? Math.max(DEFAULT_EVERY_NS, readNs / MOST_READ_RATIO);
    const progress = context.progress({ en: 'watching', ko: '관찰 중' }, durationNs);
    const plan = { target, durationNs, everyNs: Math.min(everyNs, durationNs / 2), signal: context.signal };
    const measured = await measureWork(opened, context.clock, plan).finally(progress.stop);
    return analyzeOutput(measured, options.show ?? DEFAULT_SHOW, options.sysroot);
  },
});
