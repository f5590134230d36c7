/** What the agent cannot see here, and why: told once, so that nobody takes silence for health. */
import type { Missing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';

export interface Limits {
  /** Why threads are read one by one from /proc; null: they are not. */
  readonly sweepObstacle: Missing | null;
  /** Processes whose program this user may not know. */
  readonly hiddenPrograms: number;
  readonly stallObstacle: Missing | null;
  readonly lateObstacle: Missing | null;
}

export interface Limit {
  readonly name: keyof Limits;
  readonly text: Sentence;
}

/** @param hasExe whether a target is named by its program */
export function describeLimits(limits: Limits, hasExe: boolean): readonly Limit[] {
  const { sweepObstacle, hiddenPrograms, stallObstacle, lateObstacle } = limits;
  const found: Limit[] = [];
  if (sweepObstacle !== null) found.push({ name: 'sweepObstacle', text: sweepText(detailOf(sweepObstacle)) });
  if (hiddenPrograms > 0 && hasExe) found.push({ name: 'hiddenPrograms', text: hiddenText(hiddenPrograms) });
  if (stallObstacle !== null) found.push({ name: 'stallObstacle', text: stallText(detailOf(stallObstacle)) });
  if (lateObstacle !== null) found.push({ name: 'lateObstacle', text: lateText(detailOf(lateObstacle)) });
  return found;
}

function detailOf({ detail, missing, path }: Missing): string {
  return detail ?? `${path}: ${missing}`;
}

function sweepText(why: string): Sentence {
  return {
    en: `threads are read one by one from /proc, which takes some thirty times as much: ${why}`,
    ko: `스레드를 /proc에서 하나씩 읽으므로 비용이 약 30배입니다: ${why}`,
  };
}

function hiddenText(count: number): Sentence {
  return {
    en: `the programs of ${count} processes of other users cannot be read, so exe: does not match them; cmdline:, unit: and cgroup: do`,
    ko: `다른 사용자의 프로세스 ${count}개는 프로그램 경로를 읽을 수 없어 exe:로 찾지 못합니다. cmdline:, unit:, cgroup:으로는 찾습니다`,
  };
}

function stallText(why: string): Sentence {
  return { en: `fault-stall is not measured: ${why}`, ko: `fault-stall을 측정하지 못합니다: ${why}` };
}

function lateText(why: string): Sentence {
  return { en: `late-ticks is not measured: ${why}`, ko: `late-ticks를 측정하지 못합니다: ${why}` };
}
