/** What locking memory did and did not do: `keel bench mlock`. */
import { formatBytes, formatCount, formatDuration } from '../../base/format.ts';
import { type Gap, GapList, type Maybe, orNull } from '../../base/missing.ts';
import { plural, type Sentence } from '../../base/sentence.ts';
import { ascending, lowerMedian } from '../../stats/quantiles.ts';
import { lockableBytes } from '../conditions/locking.ts';
import type { Locking } from '../experiment.ts';
import type { Report } from '../report.ts';
import type { Phase } from '../workers/fresh-area.ts';
import type { ReadAgain, Tried } from '../workers/stage-steps.ts';
import { refusalOf } from './refusals.ts';
import { roundNs, spreadOf } from './spread.ts';

export interface MlockRun {
  readonly bytes: number;
  readonly criticalBytes: number;
  readonly pageBytes: number;
  /** Before anything was locked. */
  readonly locking: Locking;
  /** Of the file: paged out and read again, without and with a lock on the critical part. */
  readonly part: {
    readonly unlocked: readonly ReadAgain[];
    readonly lock: Tried;
    readonly lockedBytes: Maybe<number>;
    readonly locked: readonly ReadAgain[];
  };
  readonly everything: {
    readonly before: Locking;
    readonly lock: Tried;
    readonly done: {
      readonly after: Locking;
      readonly newMapping: { readonly mapped: Phase; readonly written: Phase };
      /** Of a program that the process started. */
      readonly program: Maybe<number>;
      readonly unlock: Tried;
      readonly unlockedBytes: Maybe<number>;
    } | null;
  };
  readonly fork: {
    readonly lock: Tried;
    readonly done: {
      readonly ownBytes: Maybe<number>;
      readonly copyBytes: Maybe<number>;
      /** A store to each page by the process that was copied, after each copy. */
      readonly written: readonly Phase[];
    } | null;
  };
}

/** One line of the table. */
interface Step {
  readonly id: string;
  readonly name: Sentence;
  /** VmLck of whom the step is about; null where it says nothing. */
  readonly lockedBytes: Maybe<number> | null;
  readonly phases: readonly Phase[];
  readonly refused: string | null;
}

export function mlockReport(run: MlockRun): Report {
  const steps = [...partSteps(run), ...everythingSteps(run), ...forkSteps(run)];
  const gaps = new GapList();
  const rows = steps.map(({ id, lockedBytes, phases, refused }) => ({
    step: id,
    lockedBytes: lockedBytes === null ? null : gaps.take(`rows of step ${id}: lockedBytes`, lockedBytes),
    wallNs: roundNs(lowerMedian(phases.map(({ wallNs }) => wallNs))),
    minorFaults: lowerMedian(phases.map(({ minorFaults }) => minorFaults)),
    majorFaults: lowerMedian(phases.map(({ majorFaults }) => majorFaults)),
    samples: phases.length,
    refused,
  }));
  return {
    verdict: verdictOf(run),
    table: {
      columns: [
        { title: { en: 'step', ko: '단계' }, unit: 'text' },
        { title: { en: 'VmLck', ko: 'VmLck' }, unit: 'bytes' },
        { title: { en: 'took', ko: '시간' }, unit: 'duration' },
        { title: { en: 'minor', ko: '마이너' }, unit: 'count' },
        { title: { en: 'major', ko: '메이저' }, unit: 'count' },
      ],
      rows: rows.map(({ lockedBytes, wallNs, minorFaults, majorFaults }, i) => [
        steps[i]?.name ?? null,
        lockedBytes,
        wallNs,
        minorFaults,
        majorFaults,
      ]),
    },
    conclusion: conclusionOf(run),
    warnings: warningsOf(run),
    rows,
    parts: partsOf(run, gaps),
    spreadPct: spreadOf(steps.map(({ phases }) => ascending(phases.map(({ wallNs }) => wallNs)))),
    repetitions: run.part.unlocked.length,
    usages: [],
    backings: [],
    measuresNoise: false,
    chart: chartOf(run),
    gaps: [...gaps.gaps, ...refusalGaps(steps)],
  };
}

function refusalGaps(steps: readonly Step[]): readonly Gap[] {
  return steps.flatMap(({ id, refused }) =>
    refused === null ? [] : [{ field: `rows of step ${id}`, path: refused, reason: 'denied', hint: refused }],
  );
}

function partsOf({ bytes, criticalBytes, locking }: MlockRun, gaps: GapList): Report['parts'] {
  const limit = gaps.take('limit', locking.limit);
  return {
    areaBytes: bytes,
    criticalBytes,
    limit: limit === null ? null : { softBytes: String(limit.soft), hardBytes: String(limit.hard) },
    limitApplies: locking.mayExceed === null ? null : !locking.mayExceed,
  };
}

function stepOf(
  id: string,
  name: Sentence,
  phases: readonly Phase[],
  lockedBytes: Maybe<number> | null,
): Step {
  return { id, name, phases, lockedBytes, refused: null };
}

/** A lock that was tried; without a phase where it was refused. */
function triedStep(
  id: string,
  name: Sentence,
  { phase, refused }: Tried,
  lockedBytes: Maybe<number> | null,
): Step {
  return {
    id,
    name,
    phases: phase === null ? [] : [phase],
    lockedBytes: phase === null ? null : lockedBytes,
    refused: refused === null ? null : `${refused.call}: ${refused.errnoName}`,
  };
}

function partSteps({ bytes, criticalBytes, part }: MlockRun): readonly Step[] {
  const [critical, rest] = [formatBytes(criticalBytes), formatBytes(bytes - criticalBytes)];
  const pick = (all: readonly ReadAgain[], which: 'critical' | 'rest') => all.map((one) => one[which]);
  const before: Sentence = {
    en: `paged out, read again: ${critical}`,
    ko: `페이지 아웃 후 다시 읽기: ${critical}`,
  };
  const lock: Sentence = { en: `mlock of ${critical} of the file`, ko: `파일의 ${critical}을(를) mlock` };
  const kept: Sentence = {
    en: `paged out, read again: ${critical}, locked`,
    ko: `페이지 아웃 후 다시 읽기: 잠근 ${critical}`,
  };
  const other: Sentence = { en: `  the other ${rest}, not locked`, ko: `  잠그지 않은 나머지 ${rest}` };
  return [
    stepOf('readUnlocked', before, pick(part.unlocked, 'critical'), null),
    triedStep('lockCritical', lock, part.lock, part.lockedBytes),
    ...(part.locked.length === 0
      ? []
      : [
          stepOf('readLocked', kept, pick(part.locked, 'critical'), part.lockedBytes),
          stepOf('readRest', other, pick(part.locked, 'rest'), null),
        ]),
  ];
}

function everythingSteps({ criticalBytes, everything: { lock, done } }: MlockRun): readonly Step[] {
  const critical = formatBytes(criticalBytes);
  const all: Sentence = { en: 'mlockall, current and future', ko: 'mlockall, 현재와 미래' };
  if (done === null) return [triedStep('lockAll', all, lock, null)];
  const { after, newMapping, program, unlock, unlockedBytes } = done;
  return [
    triedStep('lockAll', all, lock, after.lockedBytes),
    stepOf(
      'mapNew',
      { en: `new mapping of ${critical}`, ko: `새 매핑 ${critical}` },
      [newMapping.mapped],
      null,
    ),
    stepOf('writeNew', { en: '  its first write', ko: '  첫 쓰기' }, [newMapping.written], null),
    stepOf('exec', { en: 'a program it starts (exec)', ko: '실행한 프로그램 (exec)' }, [], program),
    triedStep('unlockAll', { en: 'munlockall', ko: 'munlockall' }, unlock, unlockedBytes),
  ];
}

function forkSteps({ criticalBytes, fork: { lock, done } }: MlockRun): readonly Step[] {
  const critical = formatBytes(criticalBytes);
  const own: Sentence = { en: `mlock of ${critical} of its own`, ko: `자기 메모리 ${critical}을(를) mlock` };
  if (done === null) return [triedStep('lockOwn', own, lock, null)];
  return [
    triedStep('lockOwn', own, lock, done.ownBytes),
    stepOf('fork', { en: 'its child after fork', ko: 'fork한 자식' }, [], done.copyBytes),
    stepOf(
      'writeAfterFork',
      { en: '  its own next write', ko: '  부모의 다음 쓰기' },
      done.written,
      done.ownBytes,
    ),
  ];
}

const faultsOf = ({ minorFaults, majorFaults }: Phase) => minorFaults + majorFaults;

/** A dash where it could not be read; `gaps` says why. */
function size(bytes: Maybe<number>): string {
  const known = orNull(bytes);
  return known === null ? '-' : formatBytes(known);
}

/** Of the critical part, medians over the repetitions. */
function criticalOf(all: readonly ReadAgain[]) {
  const phases = all.map(({ critical }) => critical);
  return {
    faults: lowerMedian(phases.map(faultsOf)) ?? 0,
    majorFaults: lowerMedian(phases.map(({ majorFaults }) => majorFaults)) ?? 0,
    wallNs: lowerMedian(phases.map(({ wallNs }) => wallNs)) ?? 0,
  };
}

function verdictOf({ criticalBytes, locking, part }: MlockRun): Sentence {
  const critical = formatBytes(criticalBytes);
  if (part.lock.refused !== null) {
    const asked = { bytes: criticalBytes, limitBytes: lockableBytes(locking) };
    const why = refusalOf('mlock', part.lock.refused, asked);
    return { en: `NOT LOCKED: ${why.en}`, ko: `잠그지 못함: ${why.ko}` };
  }
  const [before, after] = [criticalOf(part.unlocked), criticalOf(part.locked)];
  const [faults, major] = [plural(before.faults, 'fault'), formatCount(before.majorFaults)];
  const [long, short] = [formatDuration(before.wallNs), formatDuration(after.wallNs)];
  const left = formatCount(after.faults);
  return {
    en: `Locked, ${critical} stays: ${left} faults after page-out (${short}); not locked ${faults}, ${major} of them major (${long})`,
    ko: `잠근 ${critical}은(는) 그대로: 페이지 아웃 후 폴트 ${left}번(${short}). 잠그지 않으면 ${formatCount(before.faults)}번, 그중 메이저 ${major}번(${long})`,
  };
}

function conclusionOf(run: MlockRun): readonly Sentence[] {
  return [limitSentence(run.locking), ...refusalSentence(run), ...allSentences(run), ...forkSentence(run)];
}

function limitSentence(locking: Locking): Sentence {
  const limit = orNull(locking.limit);
  if (limit === null) return { en: 'Its limit is not told.', ko: '한도를 알 수 없습니다.' };
  const text = (value: bigint | 'unlimited', language: 'en' | 'ko') =>
    value === 'unlimited' ? { en: 'unlimited', ko: '무제한' }[language] : formatBytes(Number(value));
  const en = `RLIMIT_MEMLOCK ${text(limit.soft, 'en')} soft, ${text(limit.hard, 'en')} hard`;
  const ko = `RLIMIT_MEMLOCK 소프트 ${text(limit.soft, 'ko')}, 하드 ${text(limit.hard, 'ko')}`;
  return locking.mayExceed === true
    ? {
        en: `${en}: it does not hold here (CAP_IPC_LOCK).`,
        ko: `${ko}: 여기서는 적용되지 않습니다(CAP_IPC_LOCK).`,
      }
    : { en: `${en}: it holds here.`, ko: `${ko}: 여기서 적용됩니다.` };
}

function refusalSentence({ part }: MlockRun): readonly Sentence[] {
  const kept = part.locked[0]?.criticalKept;
  if (kept === undefined || kept === null) return [];
  const call = `${kept.call}: ${kept.errnoName}`;
  return [
    {
      en: `The kernel does not page out what is locked (${call}).`,
      ko: `커널은 잠긴 것을 페이지 아웃하지 않습니다(${call}).`,
    },
  ];
}

function allSentences({ locking, everything: { before, lock, done } }: MlockRun): readonly Sentence[] {
  if (lock.refused !== null) {
    const why = refusalOf('mlockall', lock.refused, { bytes: Number.POSITIVE_INFINITY, limitBytes: null });
    const limit = lockableBytes(locking);
    const hint = limit === null ? '' : formatBytes(limit);
    return [
      {
        en: `mlockall is ${why.en}${hint === '' ? '' : `: all that is mapped is more than ${hint}`}.`,
        ko: `mlockall: ${why.ko}${hint === '' ? '' : `. 매핑된 전체가 ${hint}보다 큽니다`}.`,
      },
    ];
  }
  if (done === null) return [];
  const [virtual, rssBefore, rssAfter] = [
    size(done.after.lockedBytes),
    size(before.residentBytes),
    size(done.after.residentBytes),
  ];
  const took = formatDuration(lock.phase.wallNs);
  const { mapped, written } = done.newMapping;
  return [
    {
      en: `mlockall stopped the process for ${took} and took what is resident from ${rssBefore} to ${rssAfter}; VmLck counts ${virtual} of address space, touched or not.`,
      ko: `mlockall은 프로세스를 ${took} 동안 멈추고 상주 메모리를 ${rssBefore}에서 ${rssAfter}(으)로 늘렸습니다. VmLck의 ${virtual}은(는) 접근 여부와 관계없는 주소 공간입니다.`,
    },
    {
      en: `What is mapped later is brought in at once: ${plural(faultsOf(mapped), 'fault')} by mmap, ${formatCount(faultsOf(written))} at the first write.`,
      ko: `이후의 매핑은 곧바로 올라옵니다: mmap에서 폴트 ${formatCount(faultsOf(mapped))}번, 첫 쓰기에서 ${formatCount(faultsOf(written))}번.`,
    },
    {
      en: `A program it starts has ${size(done.program)} locked: exec clears it.`,
      ko: `실행한 프로그램에서 잠긴 것은 ${size(done.program)}: exec가 잠금을 지웁니다.`,
    },
  ];
}

function forkSentence({ criticalBytes, pageBytes, fork: { done } }: MlockRun): readonly Sentence[] {
  if (done === null) return [];
  const child = size(done.copyBytes);
  const [again, pages] = [
    formatCount(lowerMedian(done.written.map(faultsOf)) ?? 0),
    formatCount(criticalBytes / pageBytes),
  ];
  return [
    {
      en: `After fork the child has ${child} locked, and the parent's own locked pages fault again: ${again} of ${pages}, since fork write-protects them.`,
      ko: `fork 후 자식의 잠긴 메모리는 ${child}이고, 부모의 잠긴 페이지도 다시 폴트가 납니다: ${pages}개 중 ${again}번. fork가 쓰기를 막기 때문입니다.`,
    },
  ];
}

function warningsOf({ part }: MlockRun): readonly Sentence[] {
  if (criticalOf(part.unlocked).majorFaults > 0) return [];
  return [
    {
      en: 'nothing could be paged out: the file system of the temporary folder keeps files in memory, or does not write them at once. Set TMPDIR to a folder on storage.',
      ko: '페이지 아웃이 되지 않았습니다. 임시 폴더의 파일 시스템이 파일을 메모리에 두거나 바로 쓰지 않습니다. TMPDIR을 저장 장치의 폴더로 지정하세요.',
    },
  ];
}

function chartOf({ part, criticalBytes }: MlockRun): Report['chart'] {
  const critical = formatBytes(criticalBytes);
  const bar = (name: Sentence, all: readonly ReadAgain[]) => {
    const { faults, majorFaults } = criticalOf(all);
    return { name, values: all.length === 0 ? null : [majorFaults, faults - majorFaults] };
  };
  return {
    kind: 'stacks',
    unit: 'count',
    title: {
      en: `faults of reading ${critical} again after page-out`,
      ko: `페이지 아웃 후 ${critical}을(를) 다시 읽을 때의 폴트`,
    },
    parts: [
      { en: 'major', ko: '메이저' },
      { en: 'minor', ko: '마이너' },
    ],
    bars: [
      bar({ en: 'not locked', ko: '잠그지 않음' }, part.unlocked),
      bar({ en: 'locked', ko: '잠금' }, part.locked),
    ],
  };
}
