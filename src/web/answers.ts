/** How every answer that is not the page looks: JSON, not kept by anybody, errors in the schema of `keel --json`. */
import type { Context } from 'hono';
import type { ErrorCode } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';

export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 421 | 429 | 500 | 502;

const NO_STORE = { 'Cache-Control': 'no-store' };

export function answer(context: Context, document: unknown): Response {
  return context.body(JSON.stringify(document), 200, { ...NO_STORE, 'Content-Type': 'application/json' });
}

export function problem(context: Context, status: ProblemStatus, code: ErrorCode, what: Sentence): Response {
  return context.json({ schema: 'keel.error/1', code, what: what.en, whatKo: what.ko }, status, NO_STORE);
}

export const NOTHING_HERE: Sentence = {
  en: 'there is nothing at this address',
  ko: '이 주소에는 아무것도 없습니다',
};
export const NO_ANSWER: Sentence = { en: 'keel ended without an answer', ko: 'keel이 답 없이 끝났습니다' };

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The first of what a schema found wrong. */
export function badParameter(issues: readonly Issue[]): Sentence {
  const [first] = issues;
  const text = `${first?.path.map(String).join('.') ?? ''}: ${first?.message ?? ''}`;
  return { en: `a parameter is wrong: ${text}`, ko: `매개변수가 잘못되었습니다: ${text}` };
}
