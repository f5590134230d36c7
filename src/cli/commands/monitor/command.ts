/** `keel monitor`: what a process does, interval by interval. */
import { compileLess } from '../../../app/compile-less.ts';
import { findTargets } from '../../../app/find-targets.ts';
import { firstAndLast } from '../../../app/moments.ts';
import { measureReadNs, sampleTargets } from '../../../app/sample-targets.ts';
import { takerFor } from '../../../app/snapshot-taker.ts';
import { KeelError } from '../../../base/errors.ts';
import { defineCommand } from '../../command.ts';
import { ALL, choice, duration, durationGiven, flag, SYSROOT, wholeNumber } from '../../options.ts';
import { formatDuration } from '../../output/format.ts';
import { CSV_HEADER } from './data.ts';
import { monitorRecords } from './records.ts';

const DEFAULT_EVERY_NS = 1e9;
/** Below it the timer of the event loop (1 ms) and the scheduler's own tick (up to 10 ms) would be most of a row. */
const LEAST_EVERY_NS = 20e6;
/** Reading the target may take a tenth of one CPU, not more. */
const MOST_READ_RATIO = 0.1;
const DEFAULT_SHOW = 12;

export default defineCommand({
  name: 'monitor',
  summary: {
    en: 'CPU, memory, moves, switches, run delay and faults of a process, interval by interval',
    ko: '프로세스의 CPU, 메모리, 이동, 컨텍스트 스위치, 실행 지연, 페이지 폴트를 구간마다 표시',
  },
  details: {
    en: "Counts are the kernel's own and exact at any interval. The first reading is the baseline, so the first row appears after one interval. Runs until the duration is over, the target ends or Ctrl-C; each prints the summary.",
    ko: '횟수는 커널이 센 값이라 어떤 간격에서도 정확합니다. 첫 읽기는 기준값이므로 첫 행은 한 구간 뒤에 나옵니다. 시간이 다 되거나 대상이 끝나거나 Ctrl-C를 누르면 요약을 출력합니다.',
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
    {
      name: '[duration]',
      describe: { en: 'how long, as --for (until Ctrl-C)', ko: '측정 시간. --for와 같음 (Ctrl-C까지)' },
    },
    { name: '[interval]', describe: { en: 'how often, as --every (1s)', ko: '간격. --every와 같음 (1s)' } },
  ],
  options: {
    for: duration('--for <duration>', { en: 'how long (until Ctrl-C)', ko: '측정 시간 (Ctrl-C까지)' }),
    every: duration('--every <interval>', { en: 'how often (1s)', ko: '간격 (1s)' }),
    threads: flag('--threads', { en: 'a row for each thread as well', ko: '스레드마다 한 행씩 추가' }),
    show: wholeNumber(
      '--show <n>',
      {
        en: `most rows of threads an interval (${DEFAULT_SHOW})`,
        ko: `구간마다 표시할 스레드 행 수 (${DEFAULT_SHOW})`,
      },
      1,
      100_000,
    ),
    all: ALL,
    source: choice(
      '--source <way>',
      {
        en: 'where from (bpf for many threads where it works, else proc)',
        ko: '얻는 방법 (스레드가 많고 BPF가 되면 bpf, 아니면 proc)',
      },
      ['bpf', 'proc'],
    ),
    csv: flag('--csv', { en: 'rows as CSV; the summary is left out', ko: 'CSV 출력 (요약 제외)' }),
    sysroot: SYSROOT,
  },
  examples: [
    {
      line: 'keel monitor arena 30s',
      does: { en: 'a row a second for 30 seconds', ko: '30초 동안 1초마다' },
    },
    {
      line: 'keel monitor 4127 60 2 --threads',
      does: { en: 'one minute, every two seconds, each thread', ko: '1분 동안 2초마다, 스레드별로' },
    },
    {
      line: 'keel monitor arena --for 1h --csv > arena.csv',
      does: { en: 'for a spreadsheet', ko: '스프레드시트용' },
    },
  ],
  async run({ args, options, context }) {
    const [text = '', forText, everyText] = args;
    const durationNs = durationGiven('--for', options.for, 'duration', forText) ?? null;
    const everyNs = durationGiven('--every', options.every, 'interval', everyText) ?? DEFAULT_EVERY_NS;
    const opened = context.open();
    if (opened.host.kind === 'captured') firstAndLast(opened);
    const targets = findTargets(opened.host, text, { all: options.all === true, command: 'monitor' });
    const isLive = opened.host.kind === 'live';
    const taker = isLive ? takerFor(opened.host, targets, options.source) : null;
    const readNs = isLive ? measureReadNs(opened.host, context.clock, { targets, taker }) : null;
    if (readNs !== null) {
      requireSensible(everyNs, readNs, targets.length);
      compileLess(readNs, everyNs);
    }
    const plan = { targets, everyNs, durationNs, signal: context.signal, taker };
    const view = {
      targets,
      threads: options.threads === true,
      show: options.show ?? DEFAULT_SHOW,
      everyNs,
      readNs,
      obtainedBy: taker?.obtainedBy ?? ('proc' as const),
    };
    return {
      kind: 'stream',
      csvHeader: CSV_HEADER,
      records: monitorRecords(sampleTargets(opened, context.clock, plan), view),
    };
  },
});

/** @throws KeelError E_USAGE with what reading costs here */
function requireSensible(everyNs: number, readNs: number, targets: number): void {
  const leastNs = Math.max(LEAST_EVERY_NS, Math.ceil(readNs / MOST_READ_RATIO / 1e6) * 1e6);
  if (everyNs >= leastNs) return;
  const [every, least, cost] = [everyNs, leastNs, readNs].map((ns) => formatDuration(ns));
  throw new KeelError('E_USAGE', {
    what: {
      en: `--every ${every} is below ${least}; reading ${targets === 1 ? 'the target' : `the ${targets} targets`} takes ${cost}`,
      ko: `--every ${every}은(는) ${least}보다 짧습니다. 대상을 한 번 읽는 데 ${cost} 걸립니다`,
    },
    next: [
      {
        en: `Counts do not need speed: they are exact at any interval. Shortest here: --every ${least?.replace(' ', '')}`,
        ko: `횟수는 어떤 간격에서도 정확하므로 빠를 필요가 없습니다. 여기서 가장 짧은 값: --every ${least?.replace(' ', '')}`,
      },
    ],
  });
}
