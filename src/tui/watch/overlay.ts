/** What lies over the screen: help, one thread, one finding, choices, and lines being typed. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import { formatPct } from '../../cli/output/format.ts';
import { cells, type Look, safeName } from '../../cli/output/look.ts';
import { wrap } from '../../cli/output/wrap.ts';
import type { ThreadFrame } from '../../model/watch/frame.ts';
import { boxed, fitted, type Size, titleLine } from '../drawing/lines.ts';
import { momentLines } from './moment-lines.ts';
import { matchingProcesses, remedyOf } from './overlay-keys.ts';
import { msPerSec, orDash, short } from './panels/panel.ts';
import { findingsOf, type Overlay, type Shown, type WatchState } from './state.ts';

/** The body with a box over its lower part: the drawings above stay in sight. */
export function overlaid(
  state: WatchState,
  shown: Shown | null,
  body: readonly string[],
  { width, height }: Size,
  look: Look,
): string[] {
  const { overlay } = state;
  if (overlay === null) return [...body];
  const content = linesOf(overlay, state, shown, width - 2, look).flatMap((line) =>
    cells(line) <= width - 2 ? [line] : wrap(line, width - 2),
  );
  const shownLines = content.slice(0, height - 1);
  const box = [
    titleLine(look.say(TITLES[overlay.kind]), width, look, true),
    ...shownLines.map((line) => fitted(` ${line}`, width, look)),
  ];
  return [...boxed(body, { width, height: height - box.length }), ...box];
}

const TITLES: Readonly<Record<Overlay['kind'], Sentence>> = {
  help: { en: 'help, any key closes it', ko: '도움말, 아무 키나 누르면 닫힘' },
  thread: { en: 'thread, any key closes it', ko: '스레드, 아무 키나 누르면 닫힘' },
  finding: { en: 'finding', ko: '발견' },
  moments: { en: 'late moments, the longest first', ko: '늦은 순간, 긴 것부터' },
  filter: { en: 'filter threads by name', ko: '이름으로 스레드 거르기' },
  pin: { en: 'pin: the plan is shown before anything changes', ko: '배치: 바꾸기 전에 계획을 보여 줍니다' },
  targets: { en: 'another target', ko: '다른 대상' },
  undo: { en: 'undo a change', ko: '변경 되돌리기' },
};

function linesOf(
  overlay: Overlay,
  state: WatchState,
  shown: Shown | null,
  width: number,
  look: Look,
): readonly string[] {
  switch (overlay.kind) {
    case 'help':
      return HELP.map((line) => look.say(line));
    case 'thread':
      return threadLines(shown, overlay.tid, look);
    case 'finding':
      return findingLines(shown, overlay.at, state.source === 'live', look);
    case 'moments':
      return shown === null ? [] : momentLines(shown, Math.floor(state.size.rows / 2), look);
    case 'filter':
      return [`${look.say({ en: 'name', ko: '이름' })}: ${safeName(overlay.text)}_`, look.say(ENTER_ESC)];
    case 'pin':
      return pinLines(overlay, look);
    case 'targets':
      return targetLines(overlay, state.size.rows, width, look);
    case 'undo':
      return undoLines(overlay, look);
  }
}

const ENTER_ESC: Sentence = { en: 'Enter keeps it, Esc closes', ko: 'Enter 확정, Esc 닫기' };

const HELP: readonly Sentence[] = [
  {
    en: 'q quit   p pause   End live again   left right step through time',
    ko: 'q 종료   p 멈춤   End 현재로   좌우 시간 이동',
  },
  {
    en: 'up down row   Tab panel   Enter open   Esc back   s sort   / filter',
    ko: '상하 행   Tab 패널   Enter 열기   Esc 뒤로   s 정렬   / 거르기',
  },
  {
    en: '+ - interval   o another target   g next of several targets   l late moments',
    ko: '+ - 간격   o 다른 대상   g 다음 대상   l 늦은 순간',
  },
  {
    en: 'a pin the process   A pin the thread at the cursor   t what a finding advises   u undo',
    ko: 'a 프로세스 배치   A 선택한 스레드 배치   t 발견의 조언   u 되돌리기',
  },
  {
    en: 'Changes show their plan first and ask; no key changes anything by itself.',
    ko: '변경은 계획을 먼저 보여 주고 묻습니다. 키 하나로 바뀌는 것은 없습니다.',
  },
  {
    en: 'CPU % is of one CPU. Time per CPU is run time; a thread that moved in an interval is counted where it ended, and the title says how much is sure.',
    ko: 'CPU %는 CPU 하나 기준입니다. CPU별 시간은 실행 시간입니다. 구간 중에 이동한 스레드는 마지막 CPU에 더하며, 확실한 비율을 제목에 표시합니다.',
  },
  {
    en: 'Migrations are counted by the kernel; their way is known only where a thread moved once in an interval.',
    ko: '마이그레이션은 커널이 센 값입니다. 경로는 한 구간에 한 번 이동한 경우에만 알 수 있습니다.',
  },
];

function threadLines(shown: Shown | null, tid: number, look: Look): readonly string[] {
  const thread = shown?.target.threads.find((one) => one.tid === tid);
  if (shown === null || thread === undefined)
    return [look.say({ en: 'this thread has ended', ko: '이 스레드는 끝났습니다' })];
  const { elapsedNs } = shown.entry.frame;
  const ms = (value: ThreadFrame['runDelayNs']) =>
    orDash(value, look, (ns) => `${short(msPerSec(ns, elapsedNs))} ms/s`);
  const count = (value: ThreadFrame['runDelayNs']) => orDash(value, look, (events) => `${events}`);
  const { state, policy, nice, realtimePriority } = thread;
  return [
    `${thread.tid} ${safeName(thread.comm)}  CPU ${thread.cpu}  ${look.say({ en: 'state', ko: '상태' })} ${state}  ${policy}  nice ${nice}  RT ${realtimePriority}`,
    look.say({
      en: `run ${ms(thread.runTimeNs)}   run delay ${ms(thread.runDelayNs)}   fault stall ${ms(thread.faultStallNs)}`,
      ko: `실행 ${ms(thread.runTimeNs)}   실행 지연 ${ms(thread.runDelayNs)}   폴트 정지 ${ms(thread.faultStallNs)}`,
    }),
    look.say({
      en: `in this interval: migrations ${count(thread.migrations)}, switches ${count(thread.voluntarySwitches)} voluntary and ${count(thread.involuntarySwitches)} involuntary, faults ${count(thread.minorFaults)} minor and ${count(thread.majorFaults)} major`,
      ko: `이 구간: 마이그레이션 ${count(thread.migrations)}, 컨텍스트 스위치 자발 ${count(thread.voluntarySwitches)} 비자발 ${count(thread.involuntarySwitches)}, 폴트 마이너 ${count(thread.minorFaults)} 메이저 ${count(thread.majorFaults)}`,
    }),
    ...gapLines(thread, look),
  ];
}

/** Why a value is a dash. */
function gapLines(thread: ThreadFrame, look: Look): readonly string[] {
  const gaps = [thread.runDelayNs, thread.migrations, thread.faultStallNs].filter(isMissing);
  const [first] = gaps;
  if (first === undefined) return [];
  return [`${look.unicode ? '—' : '-'}  ${first.path}: ${first.detail ?? first.missing}`];
}

function findingLines(shown: Shown | null, at: number, isLive: boolean, look: Look): readonly string[] {
  const finding = shown === null ? undefined : findingsOf(shown)[at];
  if (finding === undefined) return [look.say({ en: 'there is no finding', ko: '발견이 없습니다' })];
  const command = remedyOf(finding);
  const advice = finding.remedies.map((remedy) => safeName(look.say(remedy.text)));
  const share = formatPct(finding.weightRatio * 100);
  return [
    `${finding.mark} ${safeName(look.say(finding.summary))}  ${share}${finding.isEstimate ? look.say({ en: ', at most', ko: ', 최대' }) : ''}`,
    ...finding.evidence.map((one) => `  ${safeName(look.say(one.text))}`),
    ...advice.map((text) => `> ${text}`),
    command === null || !isLive
      ? look.say({ en: 'Any key closes it.', ko: '아무 키나 누르면 닫힙니다.' })
      : look.say({
          en: `Enter runs: keel ${command.join(' ')}   Any other key closes it.`,
          ko: `Enter 실행: keel ${command.join(' ')}   다른 키를 누르면 닫힙니다.`,
        }),
  ];
}

function pinLines({ text, tid }: Extract<Overlay, { kind: 'pin' }>, look: Look): readonly string[] {
  const what = tid === null ? look.say({ en: 'the process', ko: '프로세스' }) : `tid ${tid}`;
  return [
    look.say({ en: `CPUs for ${what}: ${safeName(text)}_`, ko: `${what}의 CPU: ${safeName(text)}_` }),
    look.say({
      en: 'such as 2-3, core:1, llc:0, !0. Enter shows the plan, Esc closes.',
      ko: '예: 2-3, core:1, llc:0, !0. Enter를 누르면 계획을 보여 주고, Esc는 닫습니다.',
    }),
  ];
}

function targetLines(
  overlay: Extract<Overlay, { kind: 'targets' }>,
  rows: number,
  width: number,
  look: Look,
): readonly string[] {
  const matching = matchingProcesses(overlay);
  const room = Math.max(3, Math.floor(rows / 2) - 3);
  const first = Math.max(0, Math.min(overlay.at - Math.floor(room / 2), matching.length - room));
  const lines = matching.slice(first, first + room).map(({ tgid, comm }, i) => {
    const line = `${String(tgid).padStart(8)} ${safeName(comm)}`;
    return first + i === overlay.at ? `>${line}` : ` ${line}`;
  });
  const prompt = look.say({ en: 'name or PID', ko: '이름이나 PID' });
  return [
    `${prompt}: ${safeName(overlay.text)}_`,
    ...(lines.length > 0
      ? lines
      : [look.say({ en: 'no process has that', ko: '일치하는 프로세스가 없습니다' })]),
    ...(matching.length > room
      ? [`${' '.repeat(Math.min(8, cells(prompt), width))} ${matching.length}`]
      : []),
  ];
}

function undoLines({ changes, at }: Extract<Overlay, { kind: 'undo' }>, look: Look): readonly string[] {
  if (changes.length === 0) return [look.say({ en: 'no change is active', ko: '적용 중인 변경이 없습니다' })];
  return [
    ...changes.map(
      ({ id, command }, i) => `${i === at ? '>' : ' '} ${id.padEnd(6)} keel ${safeName(command)}`,
    ),
    look.say({
      en: 'Enter shows what goes back, y undoes it, any other key closes.',
      ko: 'Enter 되돌릴 내용 보기, y 되돌리기, 다른 키는 닫기.',
    }),
  ];
}
