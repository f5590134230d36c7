/** Answers what the page asks of the history. */
import type { Context } from 'hono';
import { z } from 'zod';
import type { HistoryBrowser } from '../app/browse-history.ts';
import { KeelError } from '../base/errors.ts';
import { answer, badParameter, NOTHING_HERE, problem } from './answers.ts';

export type HistoryDesk = Pick<HistoryBrowser, 'targets' | 'ranges' | 'events'>;

const target = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 31);
const unixMs = z.coerce.number().int().min(0).max(8.64e15);
/** As long as anything is kept. */
const LONGEST_MS = 400 * 24 * 3600_000;

const inOrder = ({ from, to }: { readonly from: number; readonly to: number }) =>
  to > from && to - from <= LONGEST_MS;
const order = { path: ['to'], message: 'behind `from`, by at most 400 days' };

const range = z.object({ target, from: unixMs, to: unixMs }).refine(inOrder, order);
/** `against`: another range of the same length, of `againstTarget` or of the same target. */
const ranges = z
  .object({
    target,
    from: unixMs,
    to: unixMs,
    against: unixMs.optional(),
    againstTarget: target.optional(),
  })
  .refine(inOrder, order);

export function answerHistory(context: Context, desk: HistoryDesk): Response {
  try {
    return answered(context, desk);
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
    return problem(context, 500, error.code, error.parts.what);
  }
}

function answered(context: Context, desk: HistoryDesk): Response {
  switch (context.req.param('name')) {
    case 'targets':
      return answer(context, { schema: 'keel.history/1', targets: desk.targets() });
    case 'range':
      return answerRange(context, desk);
    case 'events':
      return answerEvents(context, desk);
    default:
      return problem(context, 404, 'E_USAGE', NOTHING_HERE);
  }
}

function answerRange(context: Context, desk: HistoryDesk): Response {
  const given = ranges.safeParse(context.req.query());
  if (!given.success) return problem(context, 400, 'E_USAGE', badParameter(given.error.issues));
  const { target, from, to, against, againstTarget = target } = given.data;
  const second =
    against === undefined ? [] : [{ target: againstTarget, fromMs: against, toMs: against + to - from }];
  const found = desk.ranges([{ target, fromMs: from, toMs: to }, ...second]);
  if (found === null) return problem(context, 404, 'E_USAGE', NO_TARGET);
  return answer(context, { schema: 'keel.history.range/1', ...found });
}

function answerEvents(context: Context, desk: HistoryDesk): Response {
  const given = range.safeParse(context.req.query());
  if (!given.success) return problem(context, 400, 'E_USAGE', badParameter(given.error.issues));
  const { target, from, to } = given.data;
  const found = desk.events({ target, fromMs: from, toMs: to });
  if (found === null) return problem(context, 404, 'E_USAGE', NO_TARGET);
  const events = found.events.map(({ text, details = null, ...event }) => ({
    ...event,
    text: text.en,
    textKo: text.ko,
    details,
  }));
  return answer(context, { schema: 'keel.history.events/1', counts: found.counts, events });
}

const NO_TARGET = {
  en: 'nothing is kept of this target any more',
  ko: '이 대상의 기록은 더 이상 없습니다',
};
