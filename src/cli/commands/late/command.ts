/** `keel late`: each moment in which a thread was late, charged to its cause. */
import { findTargets } from '../../../app/find-targets.ts';
import { keepWatch, readKeptWatch } from '../../../app/late-store.ts';
import { LATE_SOURCES } from '../../../model/late/watched.ts';
import { defineCommand } from '../../command.ts';
import { choice, duration, flag, wholeNumber } from '../../options.ts';
import { shownMoment } from './moment.ts';
import { lateOutput } from './render.ts';

const DEFAULT_NS = 10e9;
const DEFAULT_OVER_NS = 1e6;

export default defineCommand({
  name: 'late',
  summary: {
    en: 'each late moment of a process with its cause: who held the CPU, a quota, interrupts, faults, locks',
    ko: '프로세스가 늦은 순간마다 그 원인: CPU를 쓴 태스크, 할당량, 인터럽트, 폴트, 락',
  },
  details: {
    en: 'Follows every thread from switch to switch. A moment is late time of at least --over without a break; of a thread that ticks at a fixed rate, a tick with so much late time. The causes of each moment add up to its length. Needs root for moments (BPF, or tracefs for less); without, times are shown that the kernel counts anyway.',
    ko: '모든 스레드를 전환마다 추적합니다. 순간은 끊김 없이 --over 이상 늦은 시간이고, 일정한 주기로 도는 스레드라면 그만큼 늦은 틱입니다. 순간마다 원인의 합이 그 길이와 같습니다. 순간을 보려면 root(BPF, 또는 일부만 알리는 tracefs)가 필요하며, 없으면 커널이 세는 시간만 보여 줍니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: {
        en: 'the process to watch, or one thread of it (tid:N)',
        ko: '관찰할 프로세스나 스레드 하나(tid:N)',
      },
      completes: 'target',
    },
  ],
  options: {
    for: duration('--for <duration>', { en: 'how long to watch (10s)', ko: '관찰 시간 (10s)' }, 100e6),
    over: duration('--over <duration>', {
      en: 'moments are at least so late (1ms)',
      ko: '이만큼 이상 늦은 순간만 (1ms)',
    }),
    show: wholeNumber(
      '--show <n>',
      { en: 'one moment of the last watch, part by part', ko: '마지막 관찰의 순간 하나를 자세히' },
      1,
      1_000_000,
    ),
    threads: flag('--threads', { en: 'a line for each thread', ko: '스레드마다 한 줄' }),
    source: choice(
      '--source <way>',
      { en: 'where from; the best that works without it', ko: '얻는 방법. 없으면 가능한 것 중 가장 좋은 것' },
      LATE_SOURCES,
    ),
  },
  examples: [
    {
      line: 'keel late arena --for 30s',
      does: { en: 'half a minute of one process', ko: '프로세스 하나를 30초간' },
    },
    {
      line: 'keel late arena --show 7',
      does: { en: 'moment 7 of that, part by part', ko: '그중 7번째 순간을 자세히' },
    },
    {
      line: 'keel late nginx --over 5ms --threads --json',
      does: { en: 'for programs, with every thread', ko: '모든 스레드를 프로그램용 출력으로' },
    },
  ],
  async run({ args, options, context }) {
    const host = context.openLive();
    const [text = ''] = args;
    if (options.show !== undefined) return shownMoment(readKeptWatch(context.env), text, options.show);
    const [target] = findTargets(host, text, { all: false, command: 'late' });
    if (target === undefined) throw new Error('findTargets yields at least one');
    const durationNs = options.for ?? DEFAULT_NS;
    const { watchLate } = await import('../../../app/watch-late.ts');
    const progress = context.progress({ en: 'watching', ko: '관찰 중' }, durationNs);
    const request = { target, durationNs, overNs: options.over ?? DEFAULT_OVER_NS, signal: context.signal };
    const watched = await watchLate(host, context.clock, request, options.source).finally(progress.stop);
    keepWatch(context.env, watched);
    return lateOutput(watched, { target: text, threads: options.threads === true });
  },
});
