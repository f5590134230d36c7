/** `keel record start`: records a process into the history, in the background. */
import { findTargets } from '../../../app/find-targets.ts';
import { recordHistory } from '../../../app/record-history.ts';
import { startRecorder } from '../../../app/recorders.ts';
import { defineCommand } from '../../command.ts';
import { ALL, duration, flag, size } from '../../options.ts';
import { newsRecords, startedOutput } from './render.ts';

const DEFAULT_EVERY_NS = 1e9;
const LEAST_EVERY_NS = 100e6;

export default defineCommand({
  name: 'record start',
  summary: {
    en: 'record a process into the history, in the background, until it ends or keel record stop',
    ko: '프로세스를 백그라운드에서 기록합니다. 프로세스가 끝나거나 keel record stop까지 계속합니다',
  },
  details: {
    en: 'What is recorded is what keel watch shows, frame by frame; keel replay shows it again. Kept by age and by size: the oldest frames go first, their numbers stay much longer.',
    ko: 'keel watch가 보여 주는 것을 프레임마다 기록하며, keel replay로 다시 봅니다. 기간과 크기에 따라 오래된 프레임부터 지우고, 수치는 훨씬 오래 남깁니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: { en: 'a process: PID, name, unit:NAME, ...', ko: '프로세스: PID, 이름, unit:NAME 등' },
      completes: 'target',
    },
  ],
  options: {
    every: duration('--every <interval>', { en: 'how often (1s)', ko: '간격 (1s)' }, LEAST_EVERY_NS),
    for: duration('--for <duration>', { en: 'how long (until it ends)', ko: '기록 시간 (끝날 때까지)' }),
    slow: duration('--slow <duration>', {
      en: 'also keep each page fault that held a thread so long (1ms)',
      ko: '스레드를 이만큼 멈추게 한 페이지 폴트도 하나씩 기록 (1ms)',
    }),
    late: duration('--late <duration>', {
      en: 'also keep each moment in which a thread was late by so much (1ms)',
      ko: '스레드가 이만큼 늦은 순간도 하나씩 기록 (1ms)',
    }),
    framesOnly: flag('--frames-only', {
      en: 'no single page faults and late moments: costs less',
      ko: '폴트와 늦은 순간을 하나씩 기록하지 않음 (비용이 적음)',
    }),
    keep: duration(
      '--keep <duration>',
      { en: 'frames are kept this long (168h)', ko: '프레임 보관 기간 (168h)' },
      60e9,
    ),
    most: size(
      '--most <size>',
      { en: 'the history is kept below this size (512MiB)', ko: '기록 파일의 최대 크기 (512MiB)' },
      1024 * 1024,
      1024 ** 4,
    ),
    foreground: flag('--foreground', {
      en: 'stay here and tell what happens',
      ko: '여기서 계속하며 상황을 출력',
    }),
    all: ALL,
  },
  examples: [
    { line: 'keel record start arena', does: { en: 'in the background', ko: '백그라운드에서' } },
    {
      line: 'keel record start arena --for 8h --every 2s',
      does: { en: 'over night', ko: '밤사이' },
    },
  ],
  async run({ args, options, context }) {
    const [title = ''] = args;
    const host = context.openLive();
    const targets = findTargets(host, title, { all: options.all === true, command: 'record start' });
    const everyNs = options.every ?? DEFAULT_EVERY_NS;
    if (options.foreground !== true) {
      const words = [
        'record',
        'start',
        title,
        ...passedOn(options),
        '--foreground',
        '--lang',
        context.look.language,
      ];
      const recorder = await startRecorder(host, context.env, context.clock, words);
      return startedOutput(recorder, targets);
    }
    const [first] = targets;
    const news = recordHistory({ host, moments: [] }, context.clock, {
      // The name says more than a number that is used again tomorrow.
      title: targets.length === 1 && first !== undefined ? `${first.comm} ${first.tgid}` : title,
      targets,
      everyNs,
      durationNs: options.for ?? null,
      slowOverNs: options.slow ?? null,
      lateOverNs: options.late ?? null,
      withMoments: options.framesOnly !== true,
      keepForNs: options.keep ?? null,
      mostBytes: options.most ?? null,
      env: context.env,
      signal: context.signal,
    });
    return { kind: 'stream', records: newsRecords(news, context.clock) };
  },
});

/** The options as they are typed, for the process that does it. */
function passedOn(options: {
  readonly every?: number | undefined;
  readonly for?: number | undefined;
  readonly slow?: number | undefined;
  readonly late?: number | undefined;
  readonly framesOnly?: boolean | undefined;
  readonly keep?: number | undefined;
  readonly most?: number | undefined;
  readonly all?: boolean | undefined;
}): string[] {
  const ms = (name: string, ns: number | undefined) => (ns === undefined ? [] : [name, `${ns / 1e6}ms`]);
  return [
    ...ms('--every', options.every),
    ...ms('--for', options.for),
    ...ms('--slow', options.slow),
    ...ms('--late', options.late),
    ...ms('--keep', options.keep),
    ...(options.most === undefined ? [] : ['--most', `${options.most}`]),
    ...(options.framesOnly === true ? ['--frames-only'] : []),
    ...(options.all === true ? ['--all'] : []),
  ];
}
