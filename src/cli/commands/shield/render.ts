/** `keel shield` as lines: the plan with its marks. What came of it is in applied.ts. */
import type { PlannedProcess } from '../../../actions/plan.ts';
import type { AppliedChange } from '../../../app/apply-change.ts';
import type { ShieldPlan } from '../../../app/plan-shield.ts';
import type { Interrupt } from '../../../app/read-kernel-work.ts';
import { isMissing } from '../../../base/missing.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatDuration } from '../../output/format.ts';
import { cells, cutMiddle, type Look, padEnd, safeName } from '../../output/look.ts';
import { stepRows } from '../../output/machine-steps.ts';
import { markedLines, planTitle } from '../../output/plan-lines.ts';
import { flow, wrap } from '../../output/wrap.ts';
import { appliedLines } from './applied.ts';
import { shieldJson } from './json.ts';
import { interruptsHere, MOST_NAMED } from './rows.ts';

/** With `--dry-run`, or where nothing has to change. */
export function planOutput(plan: ShieldPlan, endsAfterNs: number | null): DocumentOutput {
  const outcome = plan.changesSomething ? 'planned' : 'nothing-to-do';
  return {
    kind: 'document',
    json: shieldJson(plan, { outcome, endsAfterNs, applied: null, delivered: null }),
    lines: (look) => planLines(plan, endsAfterNs, true, look),
  };
}

export function declinedOutput(plan: ShieldPlan, endsAfterNs: number | null): DocumentOutput {
  return {
    kind: 'document',
    json: shieldJson(plan, { outcome: 'declined', endsAfterNs, applied: null, delivered: null }),
    lines: (look) => [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })],
    exitCode: 1,
  };
}

/** @param delivered interrupts that still are on the CPUs */
export function appliedOutput(
  plan: ShieldPlan,
  applied: AppliedChange,
  delivered: readonly number[],
  endsAfterNs: number | null,
): DocumentOutput {
  const failed = applied.mismatches.length + applied.stepMismatches.length > 0;
  const outcome = failed ? 'mismatch' : applied.change === null ? 'nothing-to-do' : 'applied';
  return {
    kind: 'document',
    json: shieldJson(plan, { outcome, endsAfterNs, applied, delivered }),
    lines: (look) => appliedLines(plan, applied, delivered, look),
    ...(failed ? { exitCode: 1 } : {}),
  };
}

interface Row {
  readonly mark: string;
  readonly who: string;
  readonly what: string;
}

/** As in screens.md: marks, a tally, and the undo before the question. */
export function planLines(
  plan: ShieldPlan,
  endsAfterNs: number | null,
  isDry: boolean,
  look: Look,
): string[] {
  const changing = [...exceptionRows(plan, look), ...otherRows(plan, look), ...settingRows(plan, look)];
  const staying = stayingRows(plan, look);
  return [
    planTitle(plan.id, isDry, look),
    ...rowLines([...changing, ...staying], look),
    ...plan.cautions.flatMap((caution) => markedLines('!', safeName(look.say(caution)), look)),
    ...flow(
      tally(plan, changing.length, staying.length, endsAfterNs, look).map((part) => look.say(part)),
      look.width,
    ),
  ];
}

/** Two columns; a row that does not fit breaks behind its first one. */
function rowLines(rows: readonly Row[], look: Look): readonly string[] {
  const short = rows.map((row) => cells(row.who)).filter((width) => width <= look.width / 2);
  const width = Math.max(0, ...short);
  return rows.flatMap(({ mark, who, what }) => {
    const line =
      `  ${mark} ${padEnd(cutMiddle(who, look.width - 4, look.unicode), width)}   ${what}`.trimEnd();
    if (cells(line) <= look.width) return [line];
    const wrapped = wrap(what, look.width - 6);
    return [
      `  ${mark} ${cutMiddle(who, look.width - 4, look.unicode)}`,
      ...wrapped.map((rest) => `      ${rest}`),
    ];
  });
}

function exceptionRows({ exceptions, cpus }: ShieldPlan, look: Look): readonly Row[] {
  return exceptions.map((process) => ({
    mark: '~',
    who: look.say({
      en: `${safeName(process.comm)} ${process.tgid}, ${plural(process.threads.length, 'thread')}`,
      ko: `${safeName(process.comm)} ${process.tgid}, 스레드 ${process.threads.length}개`,
    }),
    what: look.say({
      en: `affinity ${masksOf(process)} -> ${cpus}`,
      ko: `친화도 ${masksOf(process)} -> ${cpus}`,
    }),
  }));
}

function masksOf(process: PlannedProcess): string {
  const masks = new Set(
    process.threads.flatMap((thread) => thread.values).map((value) => value.beforeText ?? ''),
  );
  return [...masks].slice(0, MOST_MASKS).join(' | ') + (masks.size > MOST_MASKS ? ' | …' : '');
}

const MOST_MASKS = 3;

function otherRows({ others, cpus, everyone }: ShieldPlan, look: Look): readonly Row[] {
  const away = look.say({
    en: `off ${cpus}, to ${everyone.rest}`,
    ko: `${cpus}에서 ${everyone.rest}(으)로`,
  });
  const where = groupsText(others.groups, look);
  const user = others.threads - others.kernelThreads;
  const rows: Row[] = [];
  if (others.processes > 0) {
    rows.push({
      mark: '~',
      who: look.say({
        en: `${plural(others.processes, 'process', 'processes')}${where.en}, ${plural(user, 'thread')}`,
        ko: `${where.ko}프로세스 ${others.processes}개, 스레드 ${user}개`,
      }),
      what: away,
    });
  }
  if (others.kernelThreads > 0) {
    rows.push({
      mark: '~',
      who: look.say({
        en: plural(others.kernelThreads, 'kernel thread'),
        ko: `커널 스레드 ${others.kernelThreads}개`,
      }),
      what: away,
    });
  }
  return rows;
}

function groupsText(groups: readonly string[], look: Look): Sentence {
  if (groups.length === 0) return { en: '', ko: '' };
  const names = groups.slice(0, MOST_MASKS).map(safeName).join(', ');
  const more = groups.length > MOST_MASKS ? (look.unicode ? ', …' : ', ...') : '';
  return { en: ` in ${names}${more}`, ko: `${names}${more}의 ` };
}

/** An interrupt that would only be kept from coming is one of a number; the ones that are there have a name. */
function settingRows(plan: ShieldPlan, look: Look): readonly Row[] {
  const here = new Map(interruptsHere(plan).map((one) => [`${one.irq}`, one]));
  const named = plan.steps.filter((step) => step.setting === 'irqAffinity' && here.has(step.at));
  const fewNamed = named.length <= MOST_NAMED ? named : [];
  const rest = plan.steps.filter((step) => !fewNamed.includes(step));
  return [
    ...fewNamed.map((step) => ({
      mark: '~',
      who: look.say(interruptName(here.get(step.at) as Interrupt)),
      what: look.say({
        en: `CPU ${here.get(step.at)?.delivered} -> ${step.set}`,
        ko: `CPU ${here.get(step.at)?.delivered} -> ${step.set}`,
      }),
    })),
    ...stepRows(rest, 'forth', look).map((row) => ({ ...row, who: look.say(row.who) })),
  ];
}

function interruptName({ irq, device }: Interrupt): Sentence {
  const name = safeName((device ?? '').split(' ').at(-1) ?? '');
  return { en: `interrupt ${irq} ${name}`.trimEnd(), ko: `인터럽트 ${irq} ${name}`.trimEnd() };
}

/** What cannot be moved, with the reason. */
function stayingRows(plan: ShieldPlan, look: Look): readonly Row[] {
  const { cpus, perCpuThreads } = plan;
  const managed = interruptsHere(plan).filter((one) => one.isManaged);
  const rows: Row[] = managed.slice(0, MOST_NAMED).map((one) => ({
    mark: '=',
    who: look.say(interruptName(one)),
    what: look.say({
      en: `CPU ${one.delivered}, set by its driver`,
      ko: `CPU ${one.delivered}, 드라이버가 정함`,
    }),
  }));
  if (managed.length > MOST_NAMED) {
    const more = managed.length - MOST_NAMED;
    rows.push({
      mark: '=',
      who: look.say({ en: `${more} more interrupts`, ko: `그 밖의 인터럽트 ${more}개` }),
      what: look.say({ en: 'set by their drivers', ko: '드라이버가 정함' }),
    });
  }
  if (perCpuThreads.threads === 0) return rows;
  const share = isMissing(perCpuThreads.sharePct) ? null : perCpuThreads.sharePct.toFixed(2);
  return [
    ...rows,
    {
      mark: '=',
      who: look.say({
        en: plural(perCpuThreads.threads, 'per-CPU kernel thread'),
        ko: `CPU별 커널 스레드 ${perCpuThreads.threads}개`,
      }),
      what: look.say({
        en: `cannot move${share === null ? '' : `; ${share} % of ${cpus} since boot`}`,
        ko: `옮길 수 없음${share === null ? '' : `. 부팅 후 ${cpus}의 ${share} %`}`,
      }),
    },
  ];
}

function tally(
  plan: ShieldPlan,
  changing: number,
  staying: number,
  endsAfterNs: number | null,
  look: Look,
): readonly Sentence[] {
  if (!plan.changesSomething) {
    return [
      { en: 'Nothing to change: nobody else is there.', ko: '바꿀 것이 없습니다. 다른 것이 없습니다.' },
    ];
  }
  const own = endsAfterNs === null ? null : formatDuration(endsAfterNs, look.unicode);
  const { cpus, online, way, id } = plan;
  return [
    {
      en: `Plan: ${changing} to change, ${staying} ${staying === 1 ? 'stays' : 'stay'}, by ${way.label.en}.`,
      ko: `계획: 변경 ${changing}건, 유지 ${staying}건, 방법: ${way.label.ko}.`,
    },
    {
      en: `Others lose ${cpus.size} of ${online.size} CPUs.`,
      ko: `나머지는 CPU ${online.size}개 중 ${cpus.size}개를 쓸 수 없게 됩니다.`,
    },
    {
      en: `undo: keel undo ${id}${own === null ? '' : `, or itself in ${own}`}`,
      ko: `되돌리기: keel undo ${id}${own === null ? '' : `, 또는 ${own} 뒤 저절로`}`,
    },
  ];
}
