/** What the kernel refused, as errors that say the real reason and the way out. */
import type { ProcessId } from '../actions/controls.ts';
import { machineSettingNamed } from '../actions/machine/index.ts';
import { Refused } from '../actions/refused.ts';
import type { StepConflict } from '../actions/steps.ts';
import type { UndoResult } from '../actions/undo.ts';
import { type ErrorCode, KeelError } from '../base/errors.ts';
import { plural, type Sentence } from '../base/sentence.ts';
import type { Workshop } from './workshop.ts';

const CODES: Readonly<Record<Refused['reason'], ErrorCode>> = {
  gone: 'E_GONE',
  denied: 'E_PRIVILEGE',
  invalid: 'E_CONFLICT',
  unsupported: 'E_UNSUPPORTED',
  failed: 'E_KERNEL',
};

/** A refusal while a change was made; what had been done is put back. Anything else is returned as it is. */
export function refusedChange(workshop: Workshop, error: unknown, targets: readonly ProcessId[]): unknown {
  if (!(error instanceof Refused)) return error;
  const { en, ko } = error.because;
  const haveEnded = targets.length > 0 && targets.every((target) => !workshop.controls.isAlive(target));
  return new KeelError(haveEnded ? 'E_GONE' : CODES[error.reason], {
    what: { en: `${en}; nothing is left changed`, ko: `${ko}. 바뀐 채로 남은 것은 없습니다` },
    next: NEXT[error.reason] ?? [],
    cause: error,
  });
}

/** A refusal before anything was changed. */
export function refusalError(refused: Refused): KeelError {
  return new KeelError(CODES[refused.reason], {
    what: refused.because,
    next: NEXT[refused.reason] ?? [],
    cause: refused,
  });
}

/** Some values did not come back; null where all did. */
export function notRestored(
  change: string,
  { notRestored: threads, machine, refused }: UndoResult,
): KeelError | null {
  const steps = machine.notRestored;
  if (threads.length + steps.length === 0) return null;
  const because =
    refused === null ? { en: '', ko: '' } : { en: `: ${refused.because.en}`, ko: `: ${refused.because.ko}` };
  const what = {
    en: [
      ...(threads.length > 0 ? [plural(threads.length, 'thread')] : []),
      ...(steps.length > 0
        ? [plural(steps.length, 'setting of the machine', 'settings of the machine')]
        : []),
    ].join(' and '),
    ko: [
      ...(threads.length > 0 ? [`스레드 ${threads.length}개`] : []),
      ...(steps.length > 0 ? [`컴퓨터 설정 ${steps.length}개`] : []),
    ].join('와 '),
  };
  return new KeelError(refused === null ? 'E_VERIFY' : CODES[refused.reason], {
    what: {
      en: `${what.en} of ${change} could not be put back${because.en}`,
      ko: `${change}의 ${what.ko}를 되돌리지 못했습니다${because.ko}`,
    },
    next: [
      ...steps.slice(0, MOST_SHOWN).map((one) => stepLine(one)),
      ...threads.slice(0, MOST_SHOWN).map((one) => ({
        en: `   thread ${one.tid}: ${one.before} before, now ${one.found}`,
        ko: `   스레드 ${one.tid}: 원래 ${one.before}, 현재 ${one.found}`,
      })),
      ...(refused === null ? [] : (NEXT[refused.reason] ?? [])),
      {
        en: `Try again: keel undo ${change}     To leave them as they are: keel undo ${change} --force`,
        ko: `다시 시도: keel undo ${change}     지금 상태로 두기: keel undo ${change} --force`,
      },
    ],
  });
}

/** A setting of the machine with its values, for a list below an error. */
export function stepLine({ step, found }: StepConflict): Sentence {
  const { label } = machineSettingNamed(step.setting);
  const [before, set, now] = [step.before, step.set, found].map((value) => (value === '' ? '—' : value));
  return {
    en: `   ${`${label.en} ${step.at}`.trim()}: ${before} before, we set ${set}, now ${now}`,
    ko: `   ${`${label.ko} ${step.at}`.trim()}: 원래 ${before}, 설정 ${set}, 현재 ${now}`,
  };
}

const MOST_SHOWN = 5;

const NEXT: Readonly<Partial<Record<Refused['reason'], readonly Sentence[]>>> = {
  denied: [
    {
      en: "Another user's processes, and higher priorities, need CAP_SYS_NICE: run with sudo,",
      ko: '다른 사용자의 프로세스나 더 높은 우선순위에는 CAP_SYS_NICE가 필요합니다. sudo로 실행하거나',
    },
    {
      en: 'or give it to one user: sudo setpriv --reuid=USER --init-groups --inh-caps=+sys_nice --ambient-caps=+sys_nice keel …',
      ko: '이 사용자에게만 주세요: sudo setpriv --reuid=USER --init-groups --inh-caps=+sys_nice --ambient-caps=+sys_nice keel …',
    },
  ],
};
