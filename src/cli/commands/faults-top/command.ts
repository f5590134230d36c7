/** `keel faults top`: who is held most by page faults. */
import { findTargets } from '../../../app/find-targets.ts';
import { topFaults } from '../../../app/top-faults.ts';
import { KeelError } from '../../../base/errors.ts';
import { TOP_ORDERS } from '../../../model/faults/top.ts';
import { defineCommand } from '../../command.ts';
import { ALL, choice, duration, flag, wholeNumber } from '../../options.ts';
import { topRecords } from './records.ts';
import { CSV_HEADER } from './rows.ts';

const DEFAULT_EVERY_NS = 5e9;
const LEAST_EVERY_NS = 100e6;
const DEFAULT_SHOW = 10;

export default defineCommand({
  name: 'faults top',
  summary: {
    en: 'who is held most by page faults: processes, cgroups or files, interval by interval',
    ko: '페이지 폴트로 가장 많이 멈추는 프로세스, cgroup, 파일을 구간마다 표시',
  },
  details: {
    en: 'The whole machine without a target. With BPF counts and latencies are added up in the kernel; without it, the stall is known of named targets only, and the rest is counted from /proc.',
    ko: '대상이 없으면 컴퓨터 전체를 봅니다. BPF가 되면 횟수와 지연을 커널 안에서 집계하고, 안 되면 지정한 대상만 멈춤 시간을 알 수 있으며 나머지는 /proc에서 횟수만 셉니다.',
  },
  arguments: [
    {
      name: '[target...]',
      describe: { en: 'only these processes', ko: '이 프로세스들만' },
      completes: 'target',
    },
  ],
  options: {
    machine: flag('-a, --machine', {
      en: 'the whole machine, as without a target',
      ko: '컴퓨터 전체 (대상이 없을 때와 같음)',
    }),
    by: choice(
      '--by <what>',
      { en: 'what rows are about, or their order (stall)', ko: '행의 단위 또는 순서 (stall)' },
      TOP_ORDERS,
    ),
    every: duration('--every <interval>', { en: 'how often (5s)', ko: '간격 (5s)' }, LEAST_EVERY_NS),
    for: duration('--for <duration>', { en: 'how long (until Ctrl-C)', ko: '관찰 시간 (Ctrl-C까지)' }),
    cumulative: flag('--cumulative', {
      en: 'since the start instead of the last interval',
      ko: '마지막 구간 대신 시작부터 누적',
    }),
    show: wholeNumber(
      '--show <rows>',
      { en: `most rows in text (${DEFAULT_SHOW})`, ko: `표시할 행 수 (${DEFAULT_SHOW})` },
      1,
      10_000,
    ),
    all: ALL,
    source: choice(
      '--source <way>',
      { en: 'where from; the best that works without it', ko: '얻는 방법. 없으면 가능한 것 중 가장 좋은 것' },
      ['bpf', 'ring', 'proc'],
    ),
    csv: flag('--csv', { en: 'rows as CSV', ko: 'CSV 출력' }),
  },
  examples: [
    {
      line: 'keel faults top',
      does: { en: 'the whole machine, every five seconds', ko: '컴퓨터 전체를 5초마다' },
    },
    {
      line: 'keel faults top arena --by file --for 10s --every 10s',
      does: { en: 'the files that hold one process', ko: '프로세스 하나를 멈추게 하는 파일' },
    },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    if (options.machine === true && args.length > 0) throw notBoth();
    const found = args.flatMap((text) =>
      findTargets(host, text, { all: options.all === true, command: 'faults top' }),
    );
    const order = options.by ?? 'stall';
    if (order === 'file' && options.source === 'proc') throw noFilesInProc();
    const intervals = topFaults(host, context.clock, {
      targets: args.length === 0 ? null : [...new Map(found.map((target) => [target.tgid, target])).values()],
      order,
      everyNs: options.every ?? DEFAULT_EVERY_NS,
      durationNs: options.for ?? Number.POSITIVE_INFINITY,
      cumulative: options.cumulative === true,
      signal: context.signal,
      only: options.source,
    });
    const records = topRecords(intervals, { order, show: options.show ?? DEFAULT_SHOW });
    return { kind: 'stream', csvHeader: CSV_HEADER, records };
  },
});

function notBoth(): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: '-a is the whole machine; leave it out to look at some processes',
      ko: '-a는 컴퓨터 전체를 뜻합니다. 일부 프로세스만 보려면 빼세요',
    },
  });
}

function noFilesInProc(): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: '/proc does not tell which file a fault was for',
      ko: '/proc에는 어느 파일의 폴트인지가 없습니다',
    },
    next: [{ en: 'Such as: keel faults top --by file', ko: '예: keel faults top --by file' }],
  });
}
