/** Turns what was followed into the records of `keel faults trace`. */
import type { FoundTarget } from '../../../app/find-targets.ts';
import type { Followed, FollowedFault } from '../../../app/follow-faults.ts';
import { EXIT } from '../../../base/errors.ts';
import { GapList } from '../../../base/missing.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import { CAUSE_NAMES, type FaultCause } from '../../../model/faults/cause.ts';
import type { StreamRecord } from '../../command.ts';
import { formatCount, formatDuration, formatPct, formatShort, formatTimeOfDay } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { faultCsv, faultJson, faultLine, headLine } from './rows.ts';

const SCHEMA = 'keel.faults.trace/1';

export interface TraceView {
  /** null for the whole machine. */
  readonly targets: readonly FoundTarget[] | null;
  readonly filter: { readonly overNs: number; readonly majorOnly: boolean };
}

/** What was shown so far. */
interface Shown {
  faults: number;
  stallNs: number;
  worst: { readonly latencyNs: number; readonly cause: FaultCause } | null;
}

export async function* traceRecords(
  followed: AsyncIterable<Followed>,
  view: TraceView,
): AsyncGenerator<StreamRecord> {
  const shown: Shown = { faults: 0, stallNs: 0, worst: null };
  let told = { records: 0, lost: 0, sinceNs: 0 };
  for await (const step of followed) {
    switch (step.kind) {
      case 'started':
        yield startRecord(step.source, view);
        break;
      case 'batch':
        for (const fault of step.faults) {
          count(shown, fault);
          yield faultRecord(fault);
        }
        // Once a second at most: on a flooded machine the warning must not become a flood itself.
        if (step.lost > told.lost && step.sinceNs - told.sinceNs >= 1e9) {
          yield lostRecord(told, step, view);
          told = step;
        }
        break;
      case 'ended':
        yield endedRecord(step);
        break;
      case 'finished':
        yield summaryRecord(shown, step.measured, view);
        break;
    }
  }
}

function count(shown: Shown, { latencyNs, cause }: FollowedFault): void {
  shown.faults += 1;
  shown.stallNs += latencyNs;
  if (shown.worst === null || latencyNs > shown.worst.latencyNs) shown.worst = { latencyNs, cause };
}

function startRecord(
  { obtainedBy, because, sampling }: Extract<Followed, { kind: 'started' }>['source'],
  { targets, filter }: TraceView,
): StreamRecord {
  const what: Sentence = filterText(filter);
  return {
    json: {
      schema: SCHEMA,
      record: 'start',
      targets: targets?.map(({ tgid, comm }) => ({ tgid, comm })) ?? null,
      ...filter,
      obtainedBy,
      because: because === null ? null : { ...because },
      userOnly: sampling.excludeKernel,
    },
    lines: (look) => {
      const names = targets?.map((target) => `${safeName(target.comm)} ${target.tgid}`).join(', ');
      const who: Sentence =
        names === undefined ? { en: 'the whole machine', ko: '컴퓨터 전체' } : { en: names, ko: names };
      const by: Sentence =
        obtainedBy === 'bpf'
          ? { en: 'filtered in the kernel by BPF', ko: 'BPF로 커널 안에서 걸러 냄' }
          : { en: 'every fault by perf rings', ko: '모든 폴트를 perf 링으로' };
      const only: Sentence = sampling.excludeKernel
        ? { en: ', user mode only', ko: ', 사용자 모드만' }
        : { en: '', ko: '' };
      const head = look.say({
        en: `${who.en}: ${what.en}; ${by.en}${only.en}`,
        ko: `${who.ko}: ${what.ko}. ${by.ko}${only.ko}`,
      });
      return [...wrap(head, look.width), look.colors.dim(headLine(look))];
    },
  };
}

function filterText({ overNs, majorOnly }: TraceView['filter']): Sentence {
  const kind: Sentence = majorOnly ? { en: 'major faults', ko: '메이저 폴트' } : { en: 'faults', ko: '폴트' };
  if (overNs === 0) return { en: `all ${kind.en}`, ko: `모든 ${kind.ko}` };
  return {
    en: `${kind.en} of ${formatDuration(overNs)} and more`,
    ko: `${formatDuration(overNs)} 이상의 ${kind.ko}`,
  };
}

function faultRecord(fault: FollowedFault): StreamRecord {
  return {
    json: { schema: SCHEMA, record: 'fault', ...faultJson(fault) },
    csv: [faultCsv(fault)],
    lines: (look) => [faultLine(fault, look)],
  };
}

interface Progress {
  readonly records: number;
  readonly lost: number;
  readonly sinceNs: number;
}

function lostRecord(before: Progress, now: Progress, { filter }: TraceView): StreamRecord {
  const lost = now.lost - before.lost;
  const events = now.records - before.records + lost;
  const elapsedNs = now.sinceNs - before.sinceNs;
  return {
    json: { schema: SCHEMA, record: 'lost', lost, events, elapsedNs },
    lines: (look) => {
      const share = formatPct((100 * lost) / events);
      const seconds = formatDuration(elapsedNs, look.unicode);
      const [some, all] = [formatCount(lost), formatCount(events)];
      const raise: Sentence =
        filter.overNs === 0
          ? { en: 'Set --over', ko: '--over를 주거나' }
          : { en: 'Raise --over', ko: '--over를 올리거나' };
      const text = look.say({
        en: `! ${some} of ${all} events lost in ${seconds} (${share}): lines are missing. ${raise.en}, or --ring 16MiB`,
        ko: `! ${seconds} 동안 이벤트 ${all}개 중 ${some}개를 잃음 (${share}). 빠진 줄이 있습니다. ${raise.ko} --ring 16MiB`,
      });
      return wrap(text, look.width).map(look.colors.yellow);
    },
  };
}

function endedRecord({ target, sinceNs, unixMs }: Extract<Followed, { kind: 'ended' }>): StreamRecord {
  const { tgid, comm } = target;
  return {
    exitCode: EXIT.gone,
    json: { schema: SCHEMA, record: 'ended', time: new Date(unixMs).toISOString(), tgid, comm },
    lines: (look) => {
      const name = `${safeName(comm)} ${tgid}`;
      const watched = formatDuration(sinceNs, look.unicode);
      const at = formatTimeOfDay(unixMs);
      return [
        look.say({
          en: `${name} ended at ${at}; followed ${watched}`,
          ko: `${name}이(가) ${at}에 끝났습니다. ${watched} 관찰`,
        }),
      ];
    },
  };
}

type Measured = Extract<Followed, { kind: 'finished' }>['measured'];

function summaryRecord(shown: Shown, measured: Measured, view: TraceView): StreamRecord {
  const { elapsedNs, counted, lost, unpaired, ownCpuNs, obtainedBy, withoutNodes } = measured;
  const gaps = new GapList();
  gaps.take('node', withoutNodes);
  const overheadPct = (100 * ownCpuNs) / elapsedNs;
  return {
    json: {
      schema: SCHEMA,
      record: 'summary',
      elapsedNs,
      faults: shown.faults,
      stallNs: shown.stallNs,
      maxNs: shown.worst?.latencyNs ?? null,
      counted: {
        faults: Number(counted.entry),
        minor: Number(counted.minor),
        major: Number(counted.major),
      },
      lost,
      unpaired,
      obtainedBy,
      overheadPct,
      gaps: gaps.gaps.map((gap) => ({ ...gap })),
    },
    lines: (look) => [
      ...wrap(look.say(totalText(shown, measured, view, look)), look.width).map(look.colors.bold),
      ...wrap(look.say(costText(measured, overheadPct, look)), look.width).map(look.colors.dim),
    ],
  };
}

function totalText(shown: Shown, { elapsedNs }: Measured, { filter }: TraceView, look: Look): Sentence {
  const seconds = formatDuration(elapsedNs, look.unicode);
  const over = filter.overNs === 0 ? '' : formatDuration(filter.overNs, look.unicode);
  if (shown.worst === null) {
    return {
      en: `NO FAULT${over === '' ? '' : ` OF ${over} AND MORE`} in ${seconds}.`,
      ko: `${seconds} 동안 ${over === '' ? '' : `${over} 이상의 `}폴트가 없었습니다.`,
    };
  }
  const stall = formatDuration(shown.stallNs, look.unicode);
  const worst = formatShort(shown.worst.latencyNs, look.unicode);
  const cause = CAUSE_NAMES[shown.worst.cause];
  return {
    en: `${plural(shown.faults, 'fault')}${over === '' ? '' : ` of ${over} and more`} in ${seconds}: ${stall} stalled; worst ${worst}, ${cause.en}`,
    ko: `${seconds} 동안 ${over === '' ? '' : `${over} 이상의 `}폴트 ${formatCount(shown.faults)}개, ${stall} 멈춤. 최대 ${worst}, ${cause.ko}`,
  };
}

function costText({ counted, lost, obtainedBy }: Measured, overheadPct: number, look: Look): Sentence {
  const by = obtainedBy === 'bpf' ? 'BPF' : look.say({ en: 'perf rings', ko: 'perf 링' });
  const [all, cost] = [formatCount(counted.entry), formatPct(overheadPct)];
  return {
    en: `The kernel counts ${all} faults in all. Obtained by ${by}, ${formatCount(lost)} lost; costs ${cost} of one CPU.`,
    ko: `커널이 센 전체 폴트 ${all}개. ${by} 사용, 손실 ${formatCount(lost)}개, CPU 하나의 ${cost} 사용.`,
  };
}
