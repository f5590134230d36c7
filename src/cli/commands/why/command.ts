/** `keel why`: looks for some seconds, and says what holds threads up. */
import { watchWindow } from '../../../app/watch-window.ts';
import { defineCommand } from '../../command.ts';
import { duration, flag, SYSROOT } from '../../options.ts';
import { whyOutput } from './render.ts';

const DEFAULT_NS = 10e9;

export default defineCommand({
  name: 'why',
  summary: {
    en: 'why threads are late: looks at the machine for some seconds and ranks what it finds',
    ko: '스레드가 늦은 이유: 몇 초 동안 컴퓨터를 관찰하고 원인을 순서대로 보여 줍니다',
  },
  arguments: [],
  options: {
    for: duration('--for <duration>', { en: 'how long to look (10s)', ko: '관찰 시간 (10s)' }, 100e6),
    exitCode: flag('--exit-code', {
      en: 'exit with 3 where there are findings',
      ko: '발견이 있으면 종료 코드 3',
    }),
    sysroot: SYSROOT,
  },
  examples: [
    { line: 'keel why', does: { en: 'the whole machine, ten seconds', ko: '컴퓨터 전체를 10초간' } },
    {
      line: 'keel why --for 30s',
      does: { en: 'longer windows see rarer things', ko: '길게 볼수록 드문 일도 보입니다' },
    },
  ],
  async run({ options, context }) {
    const durationNs = options.for ?? DEFAULT_NS;
    const progress = context.progress({ en: 'watching', ko: '관찰 중' }, durationNs);
    const { window, diagnosis } = await watchWindow(
      context.open(),
      context.clock,
      durationNs,
      context.signal,
    ).finally(progress.stop);
    return whyOutput(window, diagnosis);
  },
});
