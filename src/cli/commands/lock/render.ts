/** `keel lock` as lines: the plan with its price, and what came of it. */
import type { MemoryLocked } from '../../../app/lock-memory.ts';
import type { LockPlan } from '../../../app/plan-lock.ts';
import { isMissing, present } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { comesInBytes } from '../../../model/lock-price.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatBytes, formatDuration } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { stepRows } from '../../output/machine-steps.ts';
import { markedLines, planTitle } from '../../output/plan-lines.ts';
import { wrap } from '../../output/wrap.ts';
import { lockJson } from './json.ts';

/** With `--dry-run`, or where nothing has to change. */
export function planOutput(plan: LockPlan, endsAfterNs: number | null): DocumentOutput {
  const outcome = plan.steps.length > 0 ? 'planned' : 'nothing-to-do';
  return {
    kind: 'document',
    json: lockJson(plan, { outcome, endsAfterNs, locked: null }),
    lines: (look) => planLines(plan, endsAfterNs, true, look),
  };
}

export function declinedOutput(plan: LockPlan, endsAfterNs: number | null): DocumentOutput {
  return {
    kind: 'document',
    json: lockJson(plan, { outcome: 'declined', endsAfterNs, locked: null }),
    lines: (look) => [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })],
    exitCode: 1,
  };
}

export function lockedOutput(
  plan: LockPlan,
  locked: MemoryLocked,
  endsAfterNs: number | null,
): DocumentOutput {
  const failed = locked.applied.stepMismatches.length > 0;
  return {
    kind: 'document',
    json: lockJson(plan, { outcome: failed ? 'mismatch' : 'applied', endsAfterNs, locked }),
    lines: (look) => lockedLines(plan, locked, look),
    ...(failed ? { exitCode: 1 } : {}),
  };
}

export function planLines(plan: LockPlan, endsAfterNs: number | null, isDry: boolean, look: Look): string[] {
  const name = `${safeName(plan.target.comm)} ${plan.target.tgid}`;
  if (plan.steps.length === 0) {
    return wrap(
      look.say({
        en: `Nothing to change: ${formatBytes(plan.price.lockedBytes)} of ${name} are locked, all that was asked for.`,
        ko: `바꿀 것이 없습니다. 요청한 ${name}의 ${formatBytes(plan.price.lockedBytes)}가 이미 모두 잠겨 있습니다.`,
      }),
      look.width,
    );
  }
  const limits = plan.steps.filter((step) => step.setting !== 'memoryLock');
  return [
    planTitle(plan.id, isDry, look),
    ...stepRows(limits, 'forth', look).flatMap((row) =>
      markedLines(row.mark, `${look.say(row.who)}   ${row.what}`, look),
    ),
    ...markedLines('~', look.say(priceSentence(plan, name)), look),
    ...wrap(look.say(stopSentence(plan, look)), look.width - 4).map((line) => `    ${line}`),
    ...cautions(plan).flatMap((caution) => markedLines('!', look.say(caution), look)),
    ...wrap(look.say(tally(plan, endsAfterNs, look)), look.width),
  ];
}

function priceSentence({ price, request, rssBytes }: LockPlan, name: string): Sentence {
  const [from, to] = [price.lockedBytes, price.lockedBytes + price.addedBytes].map(formatBytes);
  const parts = (language: 'en' | 'ko') =>
    [
      { bytes: price.residentBytes, en: 'there already', ko: '이미 메모리에 있음' },
      { bytes: request.onFault ? 0 : price.swapBytes, en: 'from swap', ko: '스왑에서 가져옴' },
      {
        bytes: request.onFault ? 0 : price.untouchedBytes,
        en: 'never touched, or of files',
        ko: '아직 쓰지 않았거나 파일에 있음',
      },
    ]
      .filter(({ bytes }) => bytes > 0)
      .map((part) => `${formatBytes(part.bytes)} ${part[language]}`)
      .join(', ');
  const later = request.future
    ? { en: ', and what is mapped later', ko: ', 그리고 나중에 매핑되는 것' }
    : { en: '', ko: '' };
  return {
    en: `${name}   locked ${from} -> ${to}${later.en}   (RSS ${formatBytes(rssBytes)}; ${parts('en') || 'nothing comes in'})`,
    ko: `${name}   잠김 ${from} -> ${to}${later.ko}   (RSS ${formatBytes(rssBytes)}. ${parts('ko') || '가져올 것 없음'})`,
  };
}

function stopSentence({ heldNs, threads }: LockPlan, look: Look): Sentence {
  const time = formatDuration(heldNs, look.unicode);
  return threads === 1
    ? {
        en: `its only thread is held for about ${time}, in pieces of 16 MiB`,
        ko: `하나뿐인 스레드를 16 MiB씩 나누어 모두 약 ${time} 멈춥니다`,
      }
    : {
        en: `one of its ${threads} threads, one that sleeps if any does, is held for about ${time}, in pieces of 16 MiB`,
        ko: `스레드 ${threads}개 중 하나(가능하면 자고 있는 것)를 16 MiB씩 나누어 모두 약 ${time} 멈춥니다`,
      };
}

function cautions(plan: LockPlan): readonly Sentence[] {
  return [...memoryCautions(plan), ...limitCautions(plan), NOT_INHERITED];
}

const NOT_INHERITED: Sentence = {
  en: 'fork and exec do not inherit the lock',
  ko: '잠금은 fork와 exec로 이어지지 않습니다',
};

function memoryCautions({ price, request, availableBytes }: LockPlan): readonly Sentence[] {
  const result: Sentence[] = [];
  const inBytes = comesInBytes(price, request.onFault);
  if (availableBytes !== null && inBytes > 0) {
    const [now, then] = [availableBytes, Math.max(0, availableBytes - inBytes)].map(formatBytes);
    result.push({
      en: `${now} of memory are available; after this at least ${then}`,
      ko: `쓸 수 있는 메모리 ${now}. 적용 뒤 최소 ${then}`,
    });
  }
  if (price.v8Bytes > 0) result.push(v8Caution(formatBytes(price.v8Bytes), request.force));
  if (price.reservedBytes > 0) {
    const bytes = formatBytes(price.reservedBytes);
    result.push({
      en: `${bytes} are only reserved (no access) and left out; what grows into them is not locked without --future`,
      ko: `${bytes}는 예약만 된 영역(접근 불가)이라 뺍니다. --future가 없으면 그곳에 늘어난 메모리는 잠기지 않습니다`,
    });
  }
  return result;
}

function v8Caution(bytes: string, isForced: boolean): Sentence {
  return isForced
    ? {
        en: `${bytes} may be memory of V8: once locked, its garbage collector may end the process (SIGTRAP)`,
        ko: `${bytes}는 V8의 메모리일 수 있습니다. 잠그면 가비지 컬렉터가 프로세스를 끝낼 수 있습니다(SIGTRAP)`,
      }
    : {
        en: `${bytes} have no name and may be memory of V8, so they stay out: V8 gives pages back, and ends the process where they are locked`,
        ko: `이름 없는 ${bytes}는 V8의 메모리일 수 있어 뺍니다. V8은 페이지를 반납하는데, 잠겨 있으면 프로세스를 끝냅니다`,
      };
}

function limitCautions({ request, limit, isExempt, target }: LockPlan): readonly Sentence[] {
  if (!request.future || isExempt === true) return [];
  if (isMissing(limit) || limit.soft === 'unlimited' || request.raiseLimit) return [];
  const soft = formatBytes(Number(limit.soft));
  return [
    {
      en: `once its limit of ${soft} is reached, new mappings of ${safeName(target.comm)} fail (EAGAIN): malloc too. --raise-limit lifts it`,
      ko: `한도 ${soft}에 이르면 ${safeName(target.comm)}의 새 매핑이 실패합니다(EAGAIN). malloc도 마찬가지입니다. --raise-limit로 풀 수 있습니다`,
    },
  ];
}

function tally({ id }: LockPlan, endsAfterNs: number | null, look: Look): Sentence {
  const own = endsAfterNs === null ? null : formatDuration(endsAfterNs, look.unicode);
  return {
    en: `Plan: 1 process to change.  undo: keel undo ${id}${own === null ? '' : `, or itself in ${own}`}`,
    ko: `계획: 프로세스 1개 변경.  되돌리기: keel undo ${id}${own === null ? '' : `, 또는 ${own} 뒤 저절로`}`,
  };
}

function lockedLines(plan: LockPlan, { applied, now, held, warmedNs }: MemoryLocked, look: Look): string[] {
  const { change, stepMismatches } = applied;
  if (change === null) {
    return [look.say({ en: 'Nothing had to change any more.', ko: '더 바꿀 것이 없었습니다.' })];
  }
  const dash = look.unicode ? '—' : '-';
  const bytes = present(now.lockedBytes) ? formatBytes(now.lockedBytes) : dash;
  const there = present(now.pages) ? formatBytes(now.pages.residentBytes) : dash;
  const [sum, longest] = [held.sumNs, held.longestNs].map((ns) => formatDuration(ns, look.unicode));
  const read = warmedNs === null ? null : formatDuration(warmedNs, look.unicode);
  const lines: Sentence[] = [
    {
      en: `${change.id} applied, read back: VmLck ${bytes}, resident and locked ${there}.`,
      ko: `${change.id} 적용, 확인: VmLck ${bytes}, 잠겨서 메모리에 있는 양 ${there}.`,
    },
    {
      en: `A thread was held for ${sum} in all, ${longest} at once${read === null ? '' : `; what had to be read was read in ${read} before that`}. undo: keel undo ${change.id}`,
      ko: `스레드를 모두 ${sum}, 한 번에 길어야 ${longest} 멈췄습니다${read === null ? '' : `. 읽어야 할 것은 그 전에 ${read} 동안 읽었습니다`}. 되돌리기: keel undo ${change.id}`,
    },
  ];
  if (stepMismatches.length > 0) {
    lines.push({
      en: `! It does not read back as planned: somebody else changed it meanwhile. Look: keel locks ${plan.target.tgid}`,
      ko: `! 계획대로 읽히지 않습니다. 그 사이 다른 누군가가 바꾸었습니다. 확인: keel locks ${plan.target.tgid}`,
    });
  }
  return lines.flatMap((line) => wrap(look.say(line), look.width));
}
