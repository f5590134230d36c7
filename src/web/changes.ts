/** What the page may change: made by keel with plan and journal, and each time noted, refused or not. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { z } from 'zod';
import { type AccessRules, judgeChange } from './access.ts';
import { credentialsOf } from './admission.ts';
import { answer, badParameter, NO_ANSWER, NOTHING_HERE, problem } from './answers.ts';
import type { AuditEntry, AuditLog } from './audit-log.ts';
import type { KeelRunner } from './keel-runner.ts';
import { CHANGES, type ChangeName } from './questions.ts';

export interface ChangeDesk {
  readonly rules: AccessRules;
  readonly keel: KeelRunner;
  readonly audit: AuditLog;
  /** ISO 8601. */
  readonly now: () => string;
}

const envelope = z.object({ confirmed: z.boolean(), parameters: z.record(z.string(), z.unknown()) });
const WANTS_JSON = { en: 'the body must be application/json', ko: '본문은 application/json이어야 합니다' };

/** Of the socket, not of a header: those can be made up. '' in a test without a socket. */
function addressOfClient(context: Context): string {
  const env = context.env as { readonly incoming?: IncomingMessage } | undefined;
  return env?.incoming?.socket.remoteAddress ?? '';
}

/** Without `confirmed` what would be done is answered, and nothing is. */
export async function answerChange(context: Context, desk: ChangeDesk): Promise<Response> {
  const note = (outcome: AuditEntry['outcome'], asked: readonly string[], detail: string | null) =>
    desk.audit.write({ at: desk.now(), from: addressOfClient(context), asked, outcome, detail });
  const refusal = judgeChange(credentialsOf(context), desk.rules);
  if (refusal !== null) {
    note('refused', [context.req.path], refusal.what.en);
    return problem(context, refusal.status, refusal.code, refusal.what);
  }
  // A form of another site can post plain text without asking; application/json it cannot.
  if (!/^application\/json\b/.test(context.req.header('content-type') ?? ''))
    return problem(context, 415, 'E_USAGE', WANTS_JSON);
  const name = context.req.param('name') ?? '';
  if (!Object.hasOwn(CHANGES, name)) return problem(context, 404, 'E_USAGE', NOTHING_HERE);
  const change = CHANGES[name as ChangeName];
  const body = envelope.safeParse(await context.req.json().catch(() => null));
  if (!body.success) return problem(context, 400, 'E_USAGE', badParameter(body.error.issues));
  const given = change.schema.safeParse(body.data.parameters);
  if (!given.success) return problem(context, 400, 'E_USAGE', badParameter(given.error.issues));
  const { confirmed } = body.data;
  const words = confirmed ? change.words(given.data as never) : change.planWords(given.data as never);
  // Noted before it is made: one that could not be noted is not made.
  note(confirmed ? 'asked' : 'planned', words, null);
  const { exitCode, document } = await desk.keel.run(words, context.req.raw.signal);
  if (confirmed) note(exitCode === 0 ? 'done' : 'failed', words, `exit code ${exitCode}`);
  return document === null ? problem(context, 502, 'E_INTERNAL', NO_ANSWER) : answer(context, document);
}
