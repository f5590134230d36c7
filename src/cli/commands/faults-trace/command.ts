/** `keel faults trace`: slow page faults as they happen, one line each. */
import { findTargets } from '../../../app/find-targets.ts';
import { followFaults } from '../../../app/follow-faults.ts';
import { KeelError } from '../../../base/errors.ts';
import { KIB, MIB } from '../../../base/units.ts';
import { defineCommand } from '../../command.ts';
import { ALL, choice, duration, flag, size } from '../../options.ts';
import { traceRecords } from './records.ts';
import { CSV_HEADER } from './rows.ts';

export default defineCommand({
  name: 'faults trace',
  summary: {
    en: 'slow page faults as they happen: thread, latency, cause, and place in the file',
    ko: '느린 페이지 폴트를 발생하는 대로 표시: 스레드, 지연, 원인, 파일 위치',
  },
  details: {
    en: 'With BPF the kernel leaves out the fast faults, so that a busy target can be followed for long; with rings every fault comes to keel first. Children that the target starts are followed too. Runs until Ctrl-C, --for, or the end of the target.',
    ko: 'BPF가 되면 커널이 빠른 폴트를 걸러 내므로 바쁜 대상도 오래 볼 수 있고, 링에서는 모든 폴트가 먼저 keel로 옵니다. 대상이 시작하는 자식도 함께 봅니다. Ctrl-C, --for, 또는 대상이 끝날 때까지 실행합니다.',
  },
  arguments: [
    {
      name: '[target...]',
      describe: { en: 'processes: PID, name, unit:NAME, ...', ko: '프로세스: PID, 이름, unit:NAME 등' },
      completes: 'target',
    },
  ],
  options: {
    over: duration('--over <duration>', {
      en: 'only faults that took at least so long (all)',
      ko: '이 시간 이상 걸린 폴트만 (모두)',
    }),
    major: flag('--major', {
      en: 'only faults that waited for storage',
      ko: '저장 장치를 기다린 폴트만',
    }),
    for: duration('--for <duration>', { en: 'how long (until Ctrl-C)', ko: '관찰 시간 (Ctrl-C까지)' }),
    machine: flag('-a, --machine', { en: 'the whole machine', ko: '컴퓨터 전체' }),
    all: ALL,
    source: choice(
      '--source <way>',
      { en: 'where from; the best that works without it', ko: '얻는 방법. 없으면 가능한 것 중 가장 좋은 것' },
      ['bpf', 'ring'],
    ),
    ring: size(
      '--ring <size>',
      { en: 'buffer of each CPU (4MiB)', ko: 'CPU마다 쓸 버퍼 (4MiB)' },
      4 * KIB,
      256 * MIB,
    ),
    csv: flag('--csv', { en: 'rows as CSV', ko: 'CSV 출력' }),
  },
  examples: [
    {
      line: 'keel faults trace arena --over 100us',
      does: { en: 'what held a thread for 100 µs and more', ko: '스레드를 100 µs 이상 멈춘 폴트' },
    },
    {
      line: 'keel faults trace -a --major --for 30s --json',
      does: {
        en: 'every fault of the machine that waited for storage, for programs',
        ko: '저장 장치를 기다린 모든 폴트를 프로그램용 출력으로',
      },
    },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    if ((options.machine === true) === args.length > 0) throw oneOrTheOther();
    const found = args.flatMap((text) =>
      findTargets(host, text, { all: options.all === true, command: 'faults trace' }),
    );
    const targets =
      args.length === 0 ? null : [...new Map(found.map((target) => [target.tgid, target])).values()];
    const filter = { overNs: options.over ?? 0, majorOnly: options.major === true };
    const followed = followFaults(host, context.clock, {
      targets,
      filter,
      durationNs: options.for ?? Number.POSITIVE_INFINITY,
      signal: context.signal,
      only: options.source,
      ringBytes: options.ring,
    });
    return { kind: 'stream', csvHeader: CSV_HEADER, records: traceRecords(followed, { targets, filter }) };
  },
});

function oneOrTheOther(): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: 'name a process, or -a for the whole machine',
      ko: '프로세스를 지정하거나, 컴퓨터 전체는 -a를 쓰세요',
    },
    next: [
      { en: 'Such as: keel faults trace arena --over 100us', ko: '예: keel faults trace arena --over 100us' },
    ],
  });
}
