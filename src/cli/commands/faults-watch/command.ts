/** `keel faults watch`: fault rates of processes, interval by interval, with limits that warn. */
import { findTargets } from '../../../app/find-targets.ts';
import { startStallMeter } from '../../../app/measure-stall.ts';
import { sampleTargets } from '../../../app/sample-targets.ts';
import { KeelError } from '../../../base/errors.ts';
import { defineCommand } from '../../command.ts';
import { ALL, duration, flag, wholeNumber } from '../../options.ts';
import { watchRecords } from './records.ts';
import { CSV_HEADER } from './rows.ts';

const DEFAULT_EVERY_NS = 1e9;
const LEAST_EVERY_NS = 20e6;
const MOST_LIMIT = 1_000_000_000;

export default defineCommand({
  name: 'faults watch',
  summary: {
    en: 'page-fault rates of processes as they go, with marks above your limits',
    ko: '프로세스의 페이지 폴트 비율을 계속 표시하고, 한도를 넘으면 경고',
  },
  details: {
    en: 'The first reading is the baseline, so the first row appears after one interval. Rates are over measured time. With --stall the time that faults held threads is measured too; it costs the targets about 0.5 µs a fault.',
    ko: '첫 읽기는 기준값이므로 첫 행은 한 구간 뒤에 나옵니다. 비율은 측정된 시간으로 계산합니다. --stall을 주면 폴트가 스레드를 멈춘 시간도 측정하며, 대상에 폴트당 약 0.5 µs의 비용이 듭니다.',
  },
  arguments: [
    {
      name: '<target...>',
      describe: { en: 'processes: PID, name, unit:NAME, ...', ko: '프로세스: PID, 이름, unit:NAME 등' },
      completes: 'target',
    },
  ],
  options: {
    for: duration('--for <duration>', { en: 'how long (until Ctrl-C)', ko: '관찰 시간 (Ctrl-C까지)' }),
    every: duration('--every <interval>', { en: 'how often (1s)', ko: '간격 (1s)' }, LEAST_EVERY_NS),
    minor: wholeNumber(
      '--minor <per second>',
      { en: 'warn above this many minor faults a second (1000)', ko: '초당 마이너 폴트 경고 한도 (1000)' },
      0,
      MOST_LIMIT,
    ),
    major: wholeNumber(
      '--major <per second>',
      { en: 'warn above this many major faults a second (10)', ko: '초당 메이저 폴트 경고 한도 (10)' },
      0,
      MOST_LIMIT,
    ),
    stall: {
      flags: '--stall <share>',
      describe: {
        en: 'measure the stall as well, and warn above this share of wall time, such as 1%',
        ko: '멈춘 시간도 측정하고, 전체 시간에서 이 비율을 넘으면 경고 (예: 1%)',
      },
      parse: parseShare,
    },
    threads: flag('--threads', { en: 'a row for each thread as well', ko: '스레드마다 한 행씩 추가' }),
    all: ALL,
    csv: flag('--csv', { en: 'rows as CSV', ko: 'CSV 출력' }),
  },
  examples: [
    { line: 'keel faults watch arena', does: { en: 'a row a second', ko: '1초마다 한 행' } },
    {
      line: 'keel faults watch arena --minor 5000 --major 0 --stall 1%',
      does: { en: 'your own limits, and the stall', ko: '한도를 정하고 멈춘 시간도 측정' },
    },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    const found = args.flatMap((text) =>
      findTargets(host, text, { all: options.all === true, command: 'faults watch' }),
    );
    const targets = [...new Map(found.map((target) => [target.tgid, target])).values()];
    const limits = {
      minorPerSec: options.minor ?? 1000,
      majorPerSec: options.major ?? 10,
      stallPct: options.stall ?? null,
    };
    const everyNs = options.every ?? DEFAULT_EVERY_NS;
    const plan = { targets, everyNs, durationNs: options.for ?? null, signal: context.signal };
    const tgids = targets.map((target) => target.tgid);
    const stall = limits.stallPct === null ? null : startStallMeter(host, context.clock, tgids);
    const samples = sampleTargets({ host, moments: [] }, context.clock, plan);
    const view = { targets, everyNs, limits, threads: options.threads === true };
    return { kind: 'stream', csvHeader: CSV_HEADER, records: watchRecords(samples, view, stall) };
  },
});

/** `1%` or `0.5`, in percent. */
function parseShare(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text);
  if (match) return Number(match[1]);
  throw new KeelError('E_USAGE', {
    what: {
      en: '--stall takes a share of wall time, such as 1%',
      ko: '--stall의 값은 1%처럼 전체 시간의 비율이어야 합니다',
    },
    pointer: { text, start: 0, end: text.length },
  });
}
