/** What the history view knows: who was recorded, what is chosen, and what was answered to it. */
import { batch, signal } from '@preact/signals';
import type { Sentence } from '../../base/sentence.ts';
import { sentenceOf } from '../measuring.ts';
import { ask } from '../server.ts';
import type { EventsDocument, RangesDocument, RecordedTarget, TargetsDocument } from './documents.ts';
import { type Comparison, firstRange, type Range, startOfOther, targetIn } from './ranges.ts';

/** null until it was asked for. */
export const targets = signal<readonly RecordedTarget[] | null>(null);
export const chosen = signal<RecordedTarget | null>(null);
export const range = signal<Range>({ fromMs: 0, toMs: 0 });
export const comparison = signal<Comparison>('none');
/** Where another time begins, as it was typed. */
export const otherMs = signal(0);

export interface Answer {
  readonly range: Range;
  readonly ranges: RangesDocument;
  readonly events: EventsDocument;
}

export const answer = signal<Answer | null>(null);
export const isLoading = signal(false);
export const failure = signal<Sentence | null>(null);

/** Asks who was recorded; chooses the newest where nothing is chosen yet. */
export async function loadTargets(): Promise<void> {
  const found = await guarded(() => ask<TargetsDocument>('history/targets'));
  if (found === null) return;
  targets.value = found.targets;
  const [newest] = found.targets;
  const same = found.targets.find(({ target }) => target === chosen.value?.target);
  if (same !== undefined) chosen.value = same;
  else if (newest !== undefined) choose(newest);
}

export function choose(target: RecordedTarget): void {
  batch(() => {
    chosen.value = target;
    range.value = firstRange(target);
    otherMs.value = range.value.fromMs;
  });
}

let loading: AbortController | null = null;

/** Asks for what is chosen; an answer that is still awaited is given up. */
export async function loadRange(): Promise<void> {
  const asked = { target: chosen.value, range: range.value };
  if (asked.target === null || asked.range.toMs <= asked.range.fromMs) return;
  loading?.abort();
  const own = new AbortController();
  loading = own;
  isLoading.value = true;
  const words = wordsOf(asked.target, asked.range);
  const found = await guarded(async () => {
    const [ranges, events] = await Promise.all([
      ask<RangesDocument>(
        'history/range',
        { ...words, ...otherWords(asked.target, asked.range) },
        own.signal,
      ),
      ask<EventsDocument>('history/events', words, own.signal),
    ]);
    return { range: asked.range, ranges, events };
  }, own.signal);
  if (own.signal.aborted) return;
  isLoading.value = false;
  if (found !== null) answer.value = found;
}

function wordsOf({ target }: RecordedTarget, { fromMs, toMs }: Range): Record<string, string> {
  return { target: `${target}`, from: `${Math.round(fromMs)}`, to: `${Math.round(toMs)}` };
}

function otherWords(target: RecordedTarget | null, asked: Range): Record<string, string> {
  const startMs = startOfOther(asked, comparison.value, otherMs.value);
  if (startMs === null || target === null) return {};
  const other = { fromMs: startMs, toMs: startMs + asked.toMs - asked.fromMs };
  const who = targetIn(targets.value ?? [], target, other);
  return { against: `${Math.round(startMs)}`, againstTarget: `${who.target}` };
}

async function guarded<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T | null> {
  try {
    const result = await work();
    failure.value = null;
    return result;
  } catch (error) {
    if (signal?.aborted !== true) failure.value = sentenceOf(error);
    return null;
  }
}
