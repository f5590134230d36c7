/** `keel watch`: a process on a live screen. */
import { type FoundTarget, findTargets } from '../../../app/find-targets.ts';
import { listProcesses } from '../../../app/list-targets.ts';
import { firstAndLast } from '../../../app/moments.ts';
import type { OpenedHost } from '../../../app/open-host.ts';
import { takerFor } from '../../../app/snapshot-taker.ts';
import { listChanges } from '../../../app/undo-changes.ts';
import { ChangeWatch } from '../../../app/watch-changes.ts';
import { watchFrames } from '../../../app/watch-frames.ts';
import { openWorkshop } from '../../../app/workshop.ts';
import { KeelError } from '../../../base/errors.ts';
import type { WatchFrame } from '../../../model/watch/frame.ts';
import { type Pace, runWatch, type WatchOutside } from '../../../tui/run-watch.ts';
import { type Context, defineCommand } from '../../command.ts';
import { ALL, duration, flag, SYSROOT } from '../../options.ts';
import { frameOutput, summaryOutput } from './render.ts';
import { WatchTotals } from './totals.ts';

const DEFAULT_EVERY_NS = 1e9;
const LEAST_EVERY_NS = 100e6;

export default defineCommand({
  name: 'watch',
  summary: {
    en: 'a process on a live screen: CPU, memory, CPUs, moves, run delay, fault stall, threads, findings',
    ko: '프로세스를 실시간 화면으로 봅니다: CPU, 메모리, CPU별 시간, 이동, 실행 지연, 폴트 정지, 스레드, 발견',
  },
  details: {
    en: 'Keys: ? shows them. Changes show their plan and ask first. Leaving prints a summary. Without a terminal, one frame as plain text.',
    ko: '키는 ?로 볼 수 있습니다. 변경은 먼저 계획을 보여 주고 묻습니다. 나갈 때 요약을 출력합니다. 터미널이 없으면 한 프레임만 텍스트로 출력합니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: {
        en: 'a process: PID, name, unit:NAME, ...',
        ko: '프로세스: PID, 이름, unit:NAME 등',
      },
      completes: 'target',
    },
  ],
  options: {
    every: duration('--every <interval>', { en: 'how often (1s)', ko: '간격 (1s)' }, LEAST_EVERY_NS),
    for: duration('--for <duration>', { en: 'leave after this time', ko: '이 시간 뒤에 나가기' }),
    counts: flag('--counts', {
      en: 'counters only: no BPF programs, no rules',
      ko: '카운터만 사용: BPF 프로그램과 규칙을 쓰지 않음',
    }),
    all: ALL,
    sysroot: SYSROOT,
  },
  examples: [
    { line: 'keel watch arena', does: { en: 'the live screen', ko: '실시간 화면' } },
    {
      line: 'keel watch 4127 --every 200ms',
      does: { en: 'five frames a second', ko: '1초에 다섯 프레임' },
    },
    {
      line: 'keel watch arena --json',
      does: { en: 'one frame for a program', ko: '프로그램을 위한 한 프레임' },
    },
  ],
  async run({ args, options, context }) {
    const [title = ''] = args;
    const opened = context.open();
    const isLive = opened.host.kind === 'live';
    if (!isLive) firstAndLast(opened);
    const targets = findTargets(opened.host, title, { all: options.all === true, command: 'watch' });
    const everyNs = options.every ?? DEFAULT_EVERY_NS;
    const watching: Watching = {
      context,
      opened,
      targets,
      durationNs: options.for ?? null,
      isMeasured: options.counts !== true,
    };
    const screen = await context.openScreen();
    if (screen === null) return frameOutput(await oneFrame(watching, everyNs), { title, everyNs, isLive });
    const totals = new WatchTotals();
    const first = { source: isLive ? ('live' as const) : ('replay' as const), title, everyNs };
    const outside = outsideOf(watching, totals);
    await runWatch(screen, context.look, first, outside);
    return summaryOutput(totals.all(), await outside.changes());
  },
});

interface Watching {
  readonly context: Context;
  readonly opened: OpenedHost;
  readonly targets: readonly FoundTarget[];
  readonly durationNs: number | null;
  readonly isMeasured: boolean;
}

function framesOf(watching: Watching, targets: readonly FoundTarget[], pace: Pace, signal: AbortSignal) {
  const { opened, context, durationNs, isMeasured } = watching;
  const isLive = opened.host.kind === 'live';
  return watchFrames(opened, context.clock, {
    targets,
    get everyNs() {
      return pace.everyNs;
    },
    durationNs,
    signal: AbortSignal.any([signal, context.signal]),
    taker: isLive ? takerFor(opened.host, targets, isMeasured ? undefined : 'proc') : null,
    latencies: isMeasured,
    judged: isMeasured,
    changes: new ChangeWatch(opened.host, context.env),
  });
}

/** The last of those that there are: of a running machine, the first. */
async function oneFrame(watching: Watching, everyNs: number): Promise<WatchFrame | null> {
  const isLive = watching.opened.host.kind === 'live';
  const one = { ...watching, durationNs: isLive ? everyNs : null };
  let last: WatchFrame | null = null;
  const { signal } = new AbortController();
  for await (const frame of framesOf(one, watching.targets, { everyNs }, signal)) last = frame;
  return last;
}

function outsideOf(watching: Watching, totals: WatchTotals): WatchOutside {
  const { context, opened, targets, durationNs } = watching;
  const { host } = opened;
  return {
    signal: durationNs === null ? context.signal : endingAfter(durationNs, context.signal),
    runLine: context.runLine,
    processes: () => listProcesses(host),
    async *frames(tgid, pace, signal) {
      for await (const frame of framesOf(
        watching,
        tgid === null ? targets : stillThere(host, tgid),
        pace,
        signal,
      )) {
        totals.add(frame);
        yield frame;
      }
    },
    async changes() {
      if (host.kind !== 'live') return [];
      const { changes } = await listChanges(openWorkshop(host, context));
      return changes.filter((one) => one.isActive).map(({ change: { id, command } }) => ({ id, command }));
    },
  };
}

/** The last frame is due at the very end, and wants to be counted. */
const LAST_FRAME_MS = 250;

/** A process that ends stays on the screen, to be read; a time that was asked for leaves it. */
function endingAfter(durationNs: number, signal: AbortSignal): AbortSignal {
  const end = new AbortController();
  setTimeout(() => end.abort(), durationNs / 1e6 + LAST_FRAME_MS).unref();
  signal.addEventListener('abort', () => end.abort(), { once: true });
  if (signal.aborted) end.abort();
  return end.signal;
}

/** None where it has ended since it was listed. */
function stillThere(host: OpenedHost['host'], tgid: number): readonly FoundTarget[] {
  try {
    return findTargets(host, String(tgid), { all: false, command: 'watch' });
  } catch (error) {
    if (error instanceof KeelError) return [];
    throw error;
  }
}
