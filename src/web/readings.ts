/** Answers what the page wants to know, each by the command that a person would type. */
import type { Context } from 'hono';
import { answer, badParameter, NO_ANSWER, NOTHING_HERE, problem } from './answers.ts';
import type { KeelRunner } from './keel-runner.ts';
import { READINGS, type ReadingName } from './questions.ts';

const BUSY = {
  en: 'another measurement is running here; one at a time, so that they do not measure each other',
  ko: '다른 측정이 진행 중입니다. 서로를 측정하지 않도록 한 번에 하나만 합니다',
};

export class Readings {
  readonly #keel: KeelRunner;
  #isMeasuring = false;

  constructor(keel: KeelRunner) {
    this.#keel = keel;
  }

  async answer(context: Context): Promise<Response> {
    const name = context.req.param('name') ?? '';
    if (!Object.hasOwn(READINGS, name)) return problem(context, 404, 'E_USAGE', NOTHING_HERE);
    const { schema, words, measures } = READINGS[name as ReadingName];
    const given = schema.safeParse(context.req.query());
    if (!given.success) return problem(context, 400, 'E_USAGE', badParameter(given.error.issues));
    if (measures && this.#isMeasuring) return problem(context, 409, 'E_CONFLICT', BUSY);
    this.#isMeasuring ||= measures;
    try {
      const { document } = await this.#keel.run(words(given.data as never), context.req.raw.signal);
      return document === null ? problem(context, 502, 'E_INTERNAL', NO_ANSWER) : answer(context, document);
    } finally {
      if (measures) this.#isMeasuring = false;
    }
  }
}
